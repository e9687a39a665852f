import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { augmentationSchema, testTimeAugmentationSchema } from '../families/augmentations.ts';
import { averagingSchema } from '../families/averaging.ts';
import { callbackSchema } from '../families/callbacks.ts';
import { datasetSchema } from '../families/dataset-choice.ts';
import { datasetOf, isOwnImages } from '../families/datasets.ts';
import { dropoutScheduleSchema } from '../families/dropout-schedules.ts';
import { runLossSchema } from '../families/losses.ts';
import { type ModelConfig, type ModelInput, modelSchema } from '../families/models.ts';
import { optimizerSchema } from '../families/optimizers.ts';
import { scheduleSchema } from '../families/schedules.ts';
import { weightGroupSchema } from '../families/weight-groups.ts';
import { count, fraction, nonNegative, wholeNumber } from '../settings/numbers.ts';
import { parseWith, requireJson, withoutSchemaKey } from '../settings/parse.ts';
import { canonicalJson, type PlainObject } from '../settings/plain.ts';
import { membersOf, setting } from '../settings/settings.ts';
import { identityOf, withoutDefaults } from './identity.ts';

const CLASS_WEIGHT = 'balanced, or a list, each a number of at least 0';

/**
 * A run's settings: all that decides its numbers apart from backend, its kernels and number of workers, which its manifest has.
 * `parseRunConfig({})` is the tutorial's run: 55 epochs of Adam,
 * batches of 250, the last 20% for validation.
 */
export const runConfigSchema = z.strictObject({
  dataset: setting(datasetSchema.default('cifar10'), 'Data set', { flag: 'dataset' }),
  model: setting(modelSchema.prefault({}), 'Model: a preset with its settings, or a list of layers'),
  loss: setting(runLossSchema.prefault({}), 'Loss that training minimizes'),
  classWeight: setting(
    z
      .union([z.enum(['balanced']), z.array(nonNegative).min(2)], `expected ${CLASS_WEIGHT}`)
      .meta({ expected: CLASS_WEIGHT })
      .nullable()
      .default(null),
    'Weight of each class in the training loss, a number for each class; balanced: n / (k n_c) for a class with n_c of the n training images, of k classes, so that all classes count alike; none: 1 for every class',
    { flag: 'class-weight' },
  ),
  optimizer: setting(optimizerSchema.prefault({}), 'Optimizer', { flag: 'optimizer' }),
  schedule: setting(
    scheduleSchema.prefault({ name: 'constant' }),
    'How the learning rate changes with the step',
  ),
  batchSize: setting(count.default(250), 'Images in a batch', { flag: 'batch-size', unit: 'images' }),
  epochs: setting(count.default(55), 'Passes over the training images', { flag: 'epochs', unit: 'epochs' }),
  validationSplit: setting(fraction.default(0.2), 'Fraction of the training images held out for validation', {
    flag: 'validation-split',
  }),
  splitMethod: setting(
    z.enum(['last', 'stratified']).default('last'),
    'last: the last images before shuffling, as in Keras; stratified: a random choice from the seed, the same fraction of every class',
    { flag: 'split-method' },
  ),
  shuffle: setting(z.boolean().default(true), 'Reshuffle the training images before every epoch'),
  augmentation: augmentationSchema.prefault({}),
  limitTrain: setting(
    count.nullable().default(null),
    'Use only this many training images, the first ones, before the validation split',
    { flag: 'limit-train', unit: 'images' },
  ),
  limitTest: setting(count.nullable().default(null), 'Use only this many test images, the first ones', {
    flag: 'limit-test',
    unit: 'images',
  }),
  seed: setting(
    wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).default(0),
    'Seed of the run: every stream of random numbers is split from it by name',
    { flag: 'seed' },
  ),
  callbacks: setting(z.array(callbackSchema).default([]), 'Callbacks, called in this order'),
  checkpointEverySteps: setting(
    count.nullable().default(null),
    'Steps between checkpoints, besides the one at the end of each epoch',
    { flag: 'checkpoint-every', unit: 'steps' },
  ),
  dropRemainder: setting(
    z.boolean().default(false),
    "Leave an epoch's last batch out when it has fewer images than the others",
    { flag: 'drop-remainder' },
  ),
  testTimeAugmentation: setting(
    testTimeAugmentationSchema.default('none'),
    'Views of each test image whose logits are averaged in the evaluation: none: the image alone; flip: also its mirror image; flip_shift: also both shifted by one pixel up-left and down-right, each with half the weight',
    { flag: 'test-time-augmentation' },
  ),
  weightGroups: setting(
    z.array(weightGroupSchema).default([]).meta({
      expected: 'a list of objects with weights, learningRateFactor, weightDecay and epochs',
    }),
    'Settings of the optimizer for some of the weights; of several groups that a weight belongs to, the first counts',
  ),
  averaging: setting(averagingSchema.prefault({ name: 'none' }), 'Average of the weights over training'),
  maxSteps: setting(
    count.nullable().default(null),
    'Stop training after this many steps, even in the middle of an epoch; none: at the end of the last epoch',
    { flag: 'max-steps', unit: 'steps' },
  ),
  dropoutSchedule: setting(
    dropoutScheduleSchema.prefault({ name: 'constant' }),
    'How the dropout rates of all layers change with the step',
  ),
});

/** A complete run configuration; see {@link runConfigSchema} for each value and its default. */
export type RunConfig = z.output<typeof runConfigSchema>;
/** A run configuration as a user writes it: anything left out is the tutorial's. */
export type RunConfigInput = Omit<z.input<typeof runConfigSchema>, 'model'> & {
  readonly model?: ModelInput | undefined;
};

/** Version of the run configuration: it decides the defaults, and a run is named by what differs from them. */
export const CONFIG_VERSION = 2;

/** Returns a text that no other run configuration has, and that stays the same whatever settings are added later. */
export const runConfigIdentity = (config: RunConfig): string => {
  // Writing the data set's own shape and classes down describes the same model as leaving them out.
  const { imageShape, classNames } = datasetOf(config.dataset);
  const { inputShape, numClasses } = config.model;
  const model = {
    ...withoutReplaced(config.model),
    inputShape: canonicalJson(inputShape) === canonicalJson(imageShape) ? null : inputShape,
    numClasses: numClasses === classNames.length ? null : numClasses,
  };
  // Of one's own images the digest says all, whatever they are called and wherever they lie.
  const dataset = isOwnImages(config.dataset) ? { sha256: config.dataset.sha256 } : config.dataset;
  const { cropFill: _, ...augmentation } = config.augmentation;
  return identityOf(runConfigSchema, CONFIG_VERSION, {
    ...config,
    model,
    dataset,
    // What a crop of nothing is filled with makes no other run.
    augmentation: augmentation.crop === 0 ? augmentation : config.augmentation,
  });
};

/** A model without the rate that rates by block take the place of, whatever it is. */
const withoutReplaced = (model: ModelConfig): ModelConfig => {
  if (model.preset !== 'tutorial' || model.dropout.rates === null) return model;
  const { rate: _, ...dropout } = model.dropout;
  return { ...model, dropout } as ModelConfig;
};

/** Returns the settings of a run that differ from the defaults: all that a person has to write. */
export const writtenConfig = (config: RunConfig): PlainObject =>
  withoutDefaults(runConfigSchema, config) as PlainObject;

/**
 * Parses a run configuration; whatever is left out is the tutorial's.
 *
 * @throws ConfigError naming the first value at fault.
 */
export const parseRunConfig = (input: unknown): RunConfig => parseRunConfigAt(input, 'run configuration');

/** {@link parseRunConfig} of a configuration from `what`, which errors begin with. @throws ConfigError */
export const parseRunConfigAt = (input: unknown, what: string): RunConfig => {
  requireJson(input, what);
  const config = parseWith(runConfigSchema, withoutSchemaKey(input), what);
  requireWatched(config, what);
  requireClassWeight(config, what);
  requireReflectable(config, what);
  requireUncovered(config, what);
  requireGroups(config, what);
  requireUnmixed(config, what);
  return config;
};

/** @throws ConfigError when a callback watches validation images and there are none: it would never do anything. */
const requireWatched = ({ callbacks, validationSplit }: RunConfig, what: string): void => {
  const place = callbacks.findIndex(({ monitor }) => monitor.startsWith('val_'));
  if (validationSplit > 0 || place < 0) return;
  const { name, monitor } = callbacks[place]!;
  throw new ConfigError(
    `${what}: callbacks[${place}].monitor: expected a metric of the training images, since validationSplit is 0, received "${monitor}" of ${name}: watch ${monitor.slice('val_'.length)}, or set validationSplit above 0`,
    ['callbacks', place, 'monitor'],
  );
};

/** Returns the number of classes that a run's model distinguishes. */
export const classesOf = ({ dataset, model }: Pick<RunConfig, 'dataset' | 'model'>): number =>
  model.numClasses ?? datasetOf(dataset).classNames.length;

/** @throws ConfigError when an image is too small to be continued at its border by its own mirror image. */
const requireReflectable = (
  { augmentation: { crop, cropFill }, testTimeAugmentation, dataset, model }: RunConfig,
  what: string,
): void => {
  const [height, width] = model.inputShape ?? datasetOf(dataset).imageShape;
  const most = Math.min(height, width) - 1;
  if (cropFill === 'reflect' && crop > most) {
    throw new ConfigError(
      `${what}: augmentation.crop: expected at most ${most} pixels to reflect in images of ${height} x ${width}, received ${crop}: crop less, or pad with zeros`,
      ['augmentation', 'crop'],
    );
  }
  if (testTimeAugmentation === 'flip_shift' && most < 1) {
    throw new ConfigError(
      `${what}: testTimeAugmentation: expected images of at least 2 x 2 pixels to shift with reflected borders, received flip_shift for ${height} x ${width}: use flip`,
      ['testTimeAugmentation'],
    );
  }
};

/** @throws ConfigError when every training image could be covered as a whole. */
const requireUncovered = ({ augmentation: { cutout }, dataset, model }: RunConfig, what: string): void => {
  const [height, width] = model.inputShape ?? datasetOf(dataset).imageShape;
  const most = Math.max(height, width);
  if (cutout <= most) return;
  throw new ConfigError(
    `${what}: augmentation.cutout: expected at most ${most} pixels, the side of images of ${height} x ${width}, received ${cutout}: most of them would be zeros alone`,
    ['augmentation', 'cutout'],
  );
};

/** @throws ConfigError when images of mixed classes would have the weight of one, or have none to be mixed with. */
const requireUnmixed = ({ classWeight, augmentation, batchSize }: RunConfig, what: string): void => {
  const mixing = (['mixup', 'cutmix'] as const).find((name) => augmentation[name] > 0);
  if (mixing !== undefined && batchSize === 1) {
    throw new ConfigError(
      `${what}: batchSize: expected batches of at least 2 images, since augmentation.${mixing} mixes each image with another of its batch, received 1: use larger batches, or leave ${mixing} out`,
      ['batchSize'],
    );
  }
  if (classWeight === null || mixing === undefined) return;
  throw new ConfigError(
    `${what}: augmentation.${mixing}: expected 0 with classWeight, since an image of mixed classes has no class to be weighted by, received ${augmentation[mixing]}: leave one of the two out`,
    ['augmentation', mixing],
  );
};

/** @throws ConfigError when there is not one weight for each class, or none that counts. */
const requireClassWeight = ({ classWeight, dataset, model }: RunConfig, what: string): void => {
  const classes = classesOf({ dataset, model });
  if (classWeight === null || classWeight === 'balanced') return;
  if (classWeight.length !== classes) {
    throw new ConfigError(
      `${what}: classWeight: expected ${classes} numbers, one for each class, received ${classWeight.length}`,
      ['classWeight'],
    );
  }
  if (classWeight.some((weight) => weight > 0)) return;
  throw new ConfigError(
    `${what}: classWeight: expected a number above 0 for some class, received 0 for all, so that nothing would be learned`,
    ['classWeight'],
  );
};

/** @throws ConfigError when a weight group has a weight decay, and the optimizer none. */
const requireGroups = ({ weightGroups, optimizer }: RunConfig, what: string): void => {
  const place = weightGroups.findIndex(({ weightDecay }) => weightDecay !== null);
  if (place < 0 || 'weightDecay' in optimizer) return;
  throw new ConfigError(
    `${what}: weightGroups[${place}].weightDecay: expected null, since ${optimizer.name} has no weight decay, received ${weightGroups[place]!.weightDecay}: leave it out, or choose an optimizer with one (${optimizersWithDecay().join(', ')})`,
    ['weightGroups', place, 'weightDecay'],
  );
};

const optimizersWithDecay = (): string[] =>
  [...membersOf(optimizerSchema)!.members]
    .filter(([, { shape }]) => 'weightDecay' in shape)
    .map(([name]) => name);
