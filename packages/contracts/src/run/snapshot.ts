import { z } from 'zod';
import { numberOrNaN } from '../settings/numbers.ts';
import { endReasonSchema } from './run-event.ts';

/** A float32 tensor outside TensorFlow: row-major values of the given shape. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** `last` is the newest checkpoint, `best` the one with the best validation loss. */
export type CheckpointName = 'last' | 'best';

/** The state of training apart from tensors: together with them, enough to resume to the bit. */
export const trainingProgressSchema = z.object({
  /** Epochs completed. */
  epoch: z.number().int().min(0),
  /** Batches of the current epoch already trained. */
  stepInEpoch: z.number().int().min(0),
  /** Optimizer updates so far. */
  step: z.number().int().min(0),
  /** Sums over the images of the current epoch so far: Keras's running means before the division. */
  running: z.object({
    lossSum: numberOrNaN,
    /** Number of correct predictions; absent before the first image, and for tasks without right and wrong answers. */
    correct: z.number().optional(),
    count: z.number(),
    /** Metrics of the user's own by name, each with the number of images that it has seen. */
    metrics: z.record(z.string(), z.object({ sum: numberOrNaN, count: z.number() })).optional(),
  }),
  /** The optimizer's name; absent in checkpoints of 0.1.0. */
  optimizer: z.string().optional(),
  /** Optimizer updates of the whole training, where its numbers depend on them: with `maxSteps`, lookahead, a dropout schedule or a schedule over all of the training. */
  totalSteps: z.number().int().min(1).optional(),
  /** The learning rate of the last update. */
  learningRate: z.number(),
  /** Factor that callbacks have applied to the scheduled learning rate. */
  learningRateScale: z.number(),
  /** Seconds that the current epoch has trained so far, for its `seconds`. */
  epochSeconds: z.number(),
  /** The reason why training ends before its last epoch, once that is decided. */
  ending: z.object({ reason: endReasonSchema, message: z.string() }).optional(),
  /** Each stateful callback's own state, by the callback's name. */
  callbacks: z.record(z.string(), z.unknown()),
});

/** The state of training apart from tensors; see {@link trainingProgressSchema}. */
export type TrainingProgress = z.output<typeof trainingProgressSchema>;

/** A checkpoint's content. Random streams are functions of (seed, name, step), so `progress` is all of their state. */
export interface Snapshot {
  /** All of the model's variables, moving statistics included, in `model.weights` order. */
  readonly weights: readonly NamedArray[];
  /** All other state in arrays: the optimizer's moments or velocities, weights that callbacks remember. */
  readonly slots: readonly NamedArray[];
  readonly progress: TrainingProgress;
}
