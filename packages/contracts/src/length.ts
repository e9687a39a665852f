import { datasetOf } from './families/datasets.ts';
import type { RunConfig } from './run/run-config.ts';

/** The settings that decide how long a run is. */
type LengthConfig = Pick<
  RunConfig,
  'epochs' | 'maxSteps' | 'dataset' | 'limitTrain' | 'validationSplit' | 'batchSize' | 'dropRemainder'
>;

/** Returns the steps of a whole epoch of a run, by its data set's description. */
export const stepsPerEpochOf = (config: LengthConfig): number => {
  const { dataset, limitTrain, validationSplit, batchSize, dropRemainder } = config;
  const images = Math.floor((limitTrain ?? datasetOf(dataset).trainImages) * (1 - validationSplit));
  return Math.max(1, dropRemainder ? Math.floor(images / batchSize) : Math.ceil(images / batchSize));
};

/**
 * Returns the epochs that a run trains, where the last one may be shorter: fewer than `epochs` where it has `maxSteps`.
 *
 * @param stepsPerEpoch By the data set's description when left out.
 */
export const epochsOf = (config: LengthConfig, stepsPerEpoch = stepsPerEpochOf(config)): number =>
  config.maxSteps === null
    ? config.epochs
    : Math.min(config.epochs, Math.ceil(config.maxSteps / stepsPerEpoch));
