import { z } from 'zod';
import { number } from './numbers.ts';
import { setting } from './settings.ts';

const categoricalCrossentropy = z.strictObject({
  name: z.literal('categorical_crossentropy').default('categorical_crossentropy'),
  labelSmoothing: setting(
    number({ min: 0, max: 1 }).default(0),
    'Share of each target that is spread evenly over all classes (Szegedy et al. 2016); in the validation loss too, as in Keras, but not in that of the test images',
  ),
});

/** The losses, by Keras's names; each is computed from logits, exact at any value. */
export const lossSchema = z.discriminatedUnion('name', [categoricalCrossentropy]);

/** A loss with its settings. */
export type LossConfig = z.output<typeof lossSchema>;
/** The name of a loss. */
export type LossName = LossConfig['name'];
