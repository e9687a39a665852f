import {
  ConfigError,
  datasetOf,
  isOwnImages,
  type OwnImages,
  parseRunConfig,
  type RunConfig,
} from '@dropout-lab/contracts';
import {
  type ChannelStatistics,
  channelStatisticsOf,
  partsOfDataset,
  splitTraining,
} from '@dropout-lab/data';

type RunOnOwnImages = RunConfig & { readonly dataset: OwnImages };

/**
 * Refuses a configuration whose model cannot be given a normalization by the training images.
 *
 * @returns It with any numbers, as many as images have channels: those of the images need not be known yet.
 * @throws ConfigError naming what is in the way.
 */
export const requireStandardizable = (config: RunConfig): RunOnOwnImages => {
  const { model, dataset } = config;
  if (!isOwnImages(dataset)) {
    throw new ConfigError(
      '--standardize: expected --images with it, the folder or file of the pictures, found none',
    );
  }
  if (!('standardization' in model)) {
    throw refusal('a model that takes images as they are or standardized', model.preset);
  }
  if (model.standardization !== null) throw refusal('no other numbers beside it', 'model.standardization');
  if (model.preset === 'layers' && model.layers.some(({ kind }) => kind === 'normalization')) {
    throw refusal('a model that does not normalize images yet', 'a normalization among its layers');
  }
  const ones = Array<number>(datasetOf(dataset).imageShape[2]).fill(1);
  return { ...standardizedBy(config, { mean: ones, variance: ones }), dataset };
};

const refusal = (expected: string, found: string): ConfigError =>
  new ConfigError(`--standardize: expected ${expected}, found ${found}: leave one of the two out`);

const standardizedBy = (config: RunConfig, { mean, variance }: ChannelStatistics): RunConfig =>
  parseRunConfig({ ...config, model: { ...config.model, standardization: { mean, variance } } });

/**
 * Returns the run whose model begins with a normalization by the mean and variance of each channel of the images that it trains
 * on, as Keras's `adapt` computes them: those that are held out for validation are not among them.
 */
export const standardized = async (config: RunConfig, signal: AbortSignal): Promise<RunConfig> => {
  const { dataset, limitTrain } = requireStandardizable(config);
  const { loadRunImages } = await import('@dropout-lab/data/node');
  const images = await loadRunImages(dataset, { limits: { train: limitTrain, test: 0 }, signal });
  const { train } = splitTraining(images.train, config);
  return standardizedBy(config, await channelStatisticsOf(partsOfDataset(train), train.imageShape[2]));
};
