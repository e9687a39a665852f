import { datasetOf } from './families/datasets.ts';
import { spansTraining } from './families/schedules.ts';
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

/**
 * Returns the images that are left to train on, by the data set's description, as Keras counts them: `int(floor(n * (1 - fraction)))`.
 * A stratified split rounds in each class, so that only the labels say how many it leaves.
 */
export const trainImagesOf = ({
  dataset,
  limitTrain,
  validationSplit,
}: Pick<RunConfig, 'dataset' | 'limitTrain' | 'validationSplit'>): number =>
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

/** The settings that may make a run's numbers depend on its length. */
export type LengthBoundConfig = Pick<RunConfig, 'maxSteps' | 'averaging' | 'dropoutSchedule'> & {
  /** A schedule of the user's own is left out: it knows the step alone. */
  readonly schedule?: RunConfig['schedule'] | undefined;
};

/** The name of such a setting. */
export type LengthBoundSetting = keyof LengthBoundConfig;

/**
 * Returns the setting that makes a run's numbers depend on its length from the first step, so that the run cannot be trained
 * on for longer; undefined when there is none.
 */
export const lengthBoundSetting = (config: LengthBoundConfig): LengthBoundSetting | undefined => {
  const { maxSteps, averaging, dropoutSchedule, schedule } = config;
  if (maxSteps !== null) return 'maxSteps';
  if (averaging.name === 'lookahead') return 'averaging';
  if (dropoutSchedule.name !== 'constant') return 'dropoutSchedule';
  return schedule !== undefined && spansTraining(schedule) ? 'schedule' : undefined;
};
