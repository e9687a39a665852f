import type { DataDescription, RunConfig } from '@dropout-lab/contracts';
import { fold, randomKey } from '@dropout-lab/random';
import { createBatches, type DatasetBatches } from './batches.ts';
import type { LoadedDataset } from './loaded-dataset.ts';
import { limit, splitLast, splitStratified } from './split.ts';

/** What a run trains on and is measured by, cut into batches as its configuration says. */
export interface RunData {
  readonly train: DatasetBatches;
  /** None when the configuration holds nothing out. */
  readonly validation: DatasetBatches | undefined;
  readonly test: DatasetBatches;
  readonly classNames: readonly string[];
  readonly description: DataDescription;
}

/**
 * Cuts a data set as a run wants it: validation images held out, batches shuffled and augmented. Every random order has a stream of its own, split from the run's seed.
 *
 * @throws ConfigError when the validation split leaves nothing to train on.
 */
export const prepareRunData = (data: LoadedDataset, config: RunConfig): RunData => {
  const { limitTrain, limitTest, validationSplit, splitMethod, batchSize, augmentation } = config;
  const { dataFormat } = config.model;
  const key = randomKey(config.seed);
  const trainable = limitTrain === null ? data.train : limit(data.train, limitTrain);
  const test = limitTest === null ? data.test : limit(data.test, limitTest);
  const { train, validation } =
    splitMethod === 'last'
      ? splitLast(trainable, validationSplit)
      : splitStratified(trainable, validationSplit, fold(key, 'split'));
  const inOrder = { batchSize, shuffle: null, dataFormat };
  return {
    train: createBatches(train, {
      batchSize,
      shuffle: config.shuffle ? fold(key, 'shuffle') : null,
      augmentation,
      augmentationKey: fold(key, 'augmentation'),
      dataFormat,
    }),
    validation: validation.labels.length > 0 ? createBatches(validation, inOrder) : undefined,
    test: createBatches(test, inOrder),
    classNames: data.train.classNames,
    description: {
      dataset: config.dataset,
      sha256: data.sha256,
      trainImages: train.labels.length,
      validationImages: validation.labels.length,
      testImages: test.labels.length,
    },
  };
};
