import { z } from 'zod';
import { nonNegative } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const factor = (defaultValue: number, ofWhat: string) =>
  setting(nonNegative.default(defaultValue), `Factor of the sum of the kernel's ${ofWhat}`);

const l1 = z.strictObject({ name: z.literal('l1'), l1: factor(0.01, 'absolute values') });

const l2 = z.strictObject({ name: z.literal('l2'), l2: factor(0.01, 'squares') });

const l1l2 = z.strictObject({
  name: z.literal('l1_l2'),
  l1: factor(0, 'absolute values'),
  l2: factor(0, 'squares'),
});

/** The penalties on a kernel that are added to the loss in training, by Keras's names. */
export const regularizerSchema = z.discriminatedUnion('name', [l1, l2, l1l2]);

/** A regularizer with its settings. */
export type RegularizerConfig = z.output<typeof regularizerSchema>;
/** The name of a regularizer. */
export type RegularizerName = RegularizerConfig['name'];
