import {
  type Batch,
  type BatchSource,
  type ClassIndices,
  type DataDescription,
  datasetKey,
  type ImageDataset,
  type RunConfig,
  requireClassNames,
  type Targets,
} from '@dropout-lab/contracts';
import { fold, randomKey } from '@dropout-lab/random';
import { balancedClassWeight } from './balanced-class-weight.ts';
import { type BatchOptions, createBatches, createStoredBatches } from './batches/batches.ts';
import { mixBatches } from './batches/mix-batches.ts';
import type { LoadedDataset } from './loaded-dataset.ts';
import { limit, type StratifiedSplit, splitLast, splitStratified } from './split.ts';
import { isStored, type StoredDataset } from './stored-dataset.ts';

/** The images of a run: in memory, or read when a batch is cut. */
export interface RunImages extends Pick<LoadedDataset, 'sha256'> {
  readonly train: ImageDataset | StoredDataset;
  readonly test: ImageDataset | StoredDataset;
}

/** The images of a run, cut into batches as its configuration says. */
export interface RunData {
  /** Class indices as labels; targets of mixed classes where images are mixed. */
  readonly train: BatchSource<Targets>;
  /** Returns the first training images as they are, at most so many: for initial weights that are computed from them. */
  readonly firstTrainImages: (most: number) => Batch<ClassIndices>;
  /** Undefined when the configuration holds no images out. */
  readonly validation: BatchSource<ClassIndices> | undefined;
  readonly test: BatchSource<ClassIndices>;
  readonly classNames: readonly string[];
  /** Factors of the loss of each class in training; null for none. */
  readonly classWeight: readonly number[] | null;
  /** Things that a person should know about the images, a sentence each. */
  readonly warnings?: readonly string[];
  readonly description: DataDescription;
}

/**
 * Prepares a data set for a run: holds validation images out, and cuts shuffled and augmented batches. Every random order
 * has a stream of its own, split from the run's seed.
 *
 * @throws ConfigError when the classes are not as many as the model's, or the validation split leaves nothing to train on.
 */
export const prepareRunData = (data: RunImages, config: RunConfig): RunData => {
  const { limitTest, batchSize, augmentation, dropRemainder } = config;
  requireClassNames({ classNames: data.train.classNames, config }, 'data');
  const { dataFormat } = config.model;
  const key = randomKey(config.seed);
  const test = limitTest === null ? data.test : limit(data.test, limitTest);
  const { train, validation, undivided } = splitTraining(data.train, config);
  const { mixup, cutmix, ...placing } = augmentation;
  const augmentationKey = fold(key, 'augmentation');
  const inOrder = { batchSize, shuffle: null, dataFormat };
  return {
    train: mixBatches(
      batchesOf(train, {
        batchSize,
        dropRemainder,
        shuffle: config.shuffle ? fold(key, 'shuffle') : null,
        augmentation: placing,
        augmentationKey,
        dataFormat,
      }),
      { augmentation: { mixup, cutmix }, augmentationKey, classes: data.train.classNames.length, dataFormat },
    ),
    firstTrainImages: (most) =>
      createBatches(inMemory(limit(train, most)), { ...inOrder, batchSize: most }).batch(0, 0),
    validation: validation.labels.length > 0 ? batchesOf(validation, inOrder) : undefined,
    test: batchesOf(test, inOrder),
    classNames: data.train.classNames,
    classWeight:
      config.classWeight === 'balanced'
        ? balancedClassWeight(train.labels, data.train.classNames.length)
        : config.classWeight,
    warnings: undivided.map(
      (name) => `${name}: one image, which is trained on: none of this class is held out for validation`,
    ),
    description: {
      dataset: datasetKey(config.dataset),
      sha256: data.sha256,
      trainImages: train.labels.length,
      validationImages: validation.labels.length,
      testImages: test.labels.length,
    },
  };
};

/**
 * Returns the images that a run trains on and those that it holds out for validation.
 *
 * @param images The training images of its data set.
 * @throws ConfigError when the validation split leaves nothing to train on.
 */
export const splitTraining = <Dataset extends ImageDataset | StoredDataset>(
  images: Dataset,
  { limitTrain, validationSplit, splitMethod, seed }: SplitSettings,
): StratifiedSplit<Dataset> => {
  const trainable = limitTrain === null ? images : limit(images, limitTrain);
  return splitMethod === 'last'
    ? { ...splitLast(trainable, validationSplit), undivided: [] }
    : splitStratified(trainable, validationSplit, fold(randomKey(seed), 'split'));
};

/** The settings of a run that choose its training images. */
export type SplitSettings = Pick<RunConfig, 'limitTrain' | 'validationSplit' | 'splitMethod' | 'seed'>;

const batchesOf = (
  dataset: ImageDataset | StoredDataset,
  options: BatchOptions,
): BatchSource<ClassIndices> =>
  isStored(dataset) ? createStoredBatches(dataset, options) : createBatches(dataset, options);

const inMemory = (dataset: ImageDataset | StoredDataset): ImageDataset =>
  isStored(dataset) ? { ...dataset, images: dataset.pixels.readSync(dataset.places) } : dataset;
