import { z } from 'zod';

const categoricalCrossentropy = z.strictObject({
  name: z.literal('categorical_crossentropy').default('categorical_crossentropy'),
});

/** The losses, by Keras's names; each is computed from logits, exact at any value. */
export const lossSchema = z.discriminatedUnion('name', [categoricalCrossentropy]);

/** A loss with its settings. */
export type LossConfig = z.output<typeof lossSchema>;
/** The name of a loss. */
export type LossName = LossConfig['name'];
