import { z } from 'zod';
import { modelSpecSchema } from './model-spec.ts';
import { number, wholeNumber } from './numbers.ts';
import { parseWith } from './parse.ts';

const count = wholeNumber({ above: 0 });
const countOrZero = wholeNumber({ min: 0 });
const positive = number({ above: 0 });
const nonNegative = number({ min: 0 });
const fraction = number({ min: 0, below: 1 });

const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('adam'),
    /** Keras's default. */
    learningRate: positive.default(0.001),
    beta1: fraction.default(0.9),
    beta2: fraction.default(0.999),
    /** "Epsilon hat" of Kingma & Ba, section 2: added to sqrt(v) before bias correction, as Keras does. */
    epsilon: positive.default(1e-7),
  }),
  z.strictObject({
    name: z.literal('sgd'),
    learningRate: positive.default(0.01),
    momentum: fraction.default(0),
    nesterov: z.boolean().default(false),
  }),
]);

const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant') }),
  /** lr * decayRate ^ (step / decaySteps); floored exponent when `staircase`. */
  z.strictObject({
    name: z.literal('exponential_decay'),
    decaySteps: count,
    decayRate: number({ above: 0, max: 1 }),
    staircase: z.boolean().default(false),
  }),
  /** lr down to `alpha * lr` along half a cosine over `decaySteps`. */
  z.strictObject({
    name: z.literal('cosine_decay'),
    decaySteps: count,
    alpha: number({ min: 0, max: 1 }).default(0),
  }),
  /** `values[i]` while step <= `boundaries[i]`, the last value after. */
  z
    .strictObject({
      name: z.literal('piecewise_constant'),
      boundaries: z.array(count).min(1),
      values: z.array(positive).min(2),
    })
    .refine((s) => s.values.length === s.boundaries.length + 1, 'expected one more value than boundaries')
    .refine(
      (s) => s.boundaries.every((b, i) => i === 0 || b > s.boundaries[i - 1]!),
      'expected boundaries to rise',
    ),
]);

const monitor = z.enum(['loss', 'accuracy', 'val_loss', 'val_accuracy']).default('val_loss');

const callbackSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('early_stopping'),
    monitor,
    minDelta: nonNegative.default(0),
    patience: countOrZero.default(0),
    restoreBestWeights: z.boolean().default(false),
  }),
  z.strictObject({
    name: z.literal('reduce_lr_on_plateau'),
    monitor,
    factor: number({ above: 0, below: 1 }).default(0.1),
    patience: countOrZero.default(10),
    minDelta: nonNegative.default(1e-4),
    cooldown: countOrZero.default(0),
    minLearningRate: nonNegative.default(0),
  }),
]);

/**
 * Everything that decides a run's numbers. `parseRunConfig({})` is the tutorial's run: 55 epochs of Adam,
 * batches of 250, the last 20% for validation.
 */
export const runConfigSchema = z.strictObject({
  dataset: z.enum(['cifar10', 'cifar100']).default('cifar10'),
  model: modelSpecSchema.prefault({}),
  optimizer: optimizerSchema.prefault({ name: 'adam' }),
  schedule: scheduleSchema.default({ name: 'constant' }),
  batchSize: count.default(250),
  epochs: count.default(55),
  /** Fraction of the training images held out for validation. */
  validationSplit: fraction.default(0.2),
  /** `last`: Keras's, the last fraction before shuffling; `stratified`: seeded, the same fraction of every class. */
  splitMethod: z.enum(['last', 'stratified']).default('last'),
  /** Reshuffle the training images before every epoch. */
  shuffle: z.boolean().default(true),
  augmentation: z
    .strictObject({
      /** Mirror each training image left to right with probability one half. */
      flip: z.boolean().default(false),
      /** Pad by this many zero pixels and crop back at a random offset. */
      crop: wholeNumber({ min: 0, max: 16 }).default(0),
    })
    .prefault({}),
  /** Use only the first N training images (before the validation split); null is all. */
  limitTrain: count.nullable().default(null),
  limitTest: count.nullable().default(null),
  /** The one seed from which every stream of random numbers is split by name. */
  seed: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).default(0),
  callbacks: z.array(callbackSchema).default([]),
  /** Write a checkpoint every N steps, besides the one at each epoch's end; null is at epoch ends only. */
  checkpointEverySteps: count.nullable().default(null),
});

/** A complete run configuration; see {@link runConfigSchema} for each value and its default. */
export type RunConfig = z.output<typeof runConfigSchema>;
/** A run configuration as a user writes it: anything left out is the tutorial's. */
export type RunConfigInput = z.input<typeof runConfigSchema>;
/** Adam or SGD with their settings, by Keras's names. */
export type OptimizerConfig = z.output<typeof optimizerSchema>;
/** How the learning rate changes with the step. */
export type LearningRateScheduleConfig = z.output<typeof scheduleSchema>;
/** A callback of Keras's with its settings. */
export type CallbackConfig = z.output<typeof callbackSchema>;

/** @throws ConfigError naming the first value at fault. */
export const parseRunConfig = (input: unknown): RunConfig =>
  parseWith(runConfigSchema, input, 'run configuration');
