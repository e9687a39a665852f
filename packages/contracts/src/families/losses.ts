import { z } from 'zod';
import { number, positive } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

/** Share of each target that label smoothing spreads. */
const labelSmoothing = (over: string, evaluated: string) =>
  setting(
    number({ min: 0, max: 1 }).default(0),
    `Share of each target that is spread evenly over ${over} (Szegedy et al. 2016); ${evaluated}`,
  );

const categoricalCrossentropy = z.strictObject({
  name: z.literal('categorical_crossentropy').default('categorical_crossentropy'),
  labelSmoothing: labelSmoothing(
    'all classes',
    'applies to the validation loss too, as in Keras, but not to the loss on the test images',
  ),
});

const binaryCrossentropy = z.strictObject({
  name: z.literal('binary_crossentropy'),
  labelSmoothing: labelSmoothing('the two answers', 'applies to the validation loss too, as in Keras'),
});

const meanSquaredError = z.strictObject({ name: z.literal('mean_squared_error') });

const meanAbsoluteError = z.strictObject({ name: z.literal('mean_absolute_error') });

const huber = z.strictObject({
  name: z.literal('huber'),
  delta: setting(positive.default(1), 'Error above which the loss grows linearly (Huber 1964)'),
});

/** The losses that `train` minimizes, by Keras's names; crossentropies are computed from logits, exact at any value. */
export const lossSchema = z.discriminatedUnion('name', [
  categoricalCrossentropy,
  binaryCrossentropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
]);

/** The losses of a run, which classifies images: the model ends in a softmax over the classes. */
export const runLossSchema = z.discriminatedUnion('name', [categoricalCrossentropy]);

/** A loss with its settings. */
export type LossConfig = z.output<typeof lossSchema>;
/** The name of a loss. */
export type LossName = LossConfig['name'];
