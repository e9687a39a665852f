import { datasetOf } from './families/datasets.ts';
import type { RunConfig } from './run/run-config.ts';

/** The settings that decide how long a run is. */
export type LengthConfig = Pick<
  RunConfig,
  'epochs' | 'maxSteps' | 'dataset' | 'limitTrain' | 'validationSplit' | 'batchSize' | 'dropRemainder'
>;

/**
 * Returns the steps of a whole epoch of a run.
 *
 * @param trainImages The images that are trained on; by the data set's description when left out.
 */
export const stepsPerEpochOf = (config: LengthConfig, trainImages = trainImagesOf(config)): number => {
  const batches = trainImages / config.batchSize;
  return Math.max(1, config.dropRemainder ? Math.floor(batches) : Math.ceil(batches));
};

const trainImagesOf = ({ dataset, limitTrain, validationSplit }: LengthConfig): number =>
  Math.floor((limitTrain ?? datasetOf(dataset).trainImages) * (1 - validationSplit));

/**
 * Returns the epochs that a run trains, where the last one may be shorter: fewer than `epochs` where it has `maxSteps`.
 *
 * @param stepsPerEpoch By the data set's description when left out.
 */
export const epochsOf = (config: LengthConfig, stepsPerEpoch = stepsPerEpochOf(config)): number =>
  config.maxSteps === null
    ? config.epochs
    : Math.min(config.epochs, Math.ceil(config.maxSteps / stepsPerEpoch));
