import {
  ConfigError,
  type DropoutScheduleConfig,
  datasetOf,
  groupWeights,
  type OptimizerConfig,
  type RunConfig,
  trainImagesOf,
  variablesOf,
  type WeightGroup,
} from '@dropout-lab/contracts';
import { requireBuildable } from './build-model.ts';
import { modelSpecOf } from './model-spec.ts';
import { sizeOf } from './size.ts';
import { flattened, type NamedLayer } from './weights/named-layers.ts';

/** Of all outputs for a batch, which training keeps for the gradients: 32 GiB of floats. */
const MOST_VALUES = 2 ** 33;

/**
 * Checks that a run's model can be built, that it has the weights of every weight group, and dropout where its rate is to change, that every batch has statistics for batch normalization, and that a batch of its images passes through it in the memory of a large machine.
 *
 * @throws ConfigError when the model is impossible, a group names no weight, or the batch is too large.
 */
export const requireTrainable = (
  config: Pick<
    RunConfig,
    | 'model'
    | 'dataset'
    | 'batchSize'
    | 'limitTrain'
    | 'validationSplit'
    | 'weightGroups'
    | 'dropoutSchedule'
    | 'optimizer'
    | 'splitMethod'
    | 'dropRemainder'
  >,
): void => {
  const spec = modelSpecOf(config);
  const named = requireBuildable(spec);
  const paths = trainedPaths(named);
  requireGroups(config.weightGroups, paths);
  requireExcluded(config.optimizer, paths);
  requireDropout(config.dropoutSchedule, named);
  const { values, normalized } = sizeOf(named, spec.inputShape, []);
  if (normalized) requireStatistics(normalized, config);
  const images = config.limitTrain ?? datasetOf(config.dataset).trainImages;
  const batch = Math.min(config.batchSize, Math.ceil(images * (1 - config.validationSplit)));
  if (batch * values <= MOST_VALUES) return;
  throw new ConfigError(
    `run configuration: batchSize: expected at most ${MOST_VALUES} values in all outputs of the model for a batch, received ${batch} images of ${values} values each: use a batchSize of at most ${Math.floor(MOST_VALUES / values)}, or fewer filters or units`,
    ['batchSize'],
  );
};

/** Returns the paths of the weights that are trained. */
const trainedPaths = (layers: readonly NamedLayer[]): string[] =>
  flattened(layers).flatMap(({ name, settings }) =>
    variablesOf(settings)
      .filter((variable) => !variable.startsWith('moving_'))
      .map((variable) => `${name}/${variable}`),
  );

/** @throws ConfigError when a group names no weight of the layers. */
const requireGroups = (groups: readonly WeightGroup[], paths: readonly string[]): void => {
  const { finding } = groupWeights(groups, paths);
  if (finding !== undefined) throw new ConfigError(`run configuration: ${finding}`, ['weightGroups']);
};

/** @throws ConfigError when an optimizer that excludes layers names none. */
const requireExcluded = (optimizer: OptimizerConfig, paths: readonly string[]): void => {
  if (!('excludeLayers' in optimizer)) return;
  const place = optimizer.excludeLayers.findIndex((part) => !paths.some((path) => path.includes(part)));
  if (place < 0) return;
  throw new ConfigError(
    `run configuration: optimizer.excludeLayers[${place}]: expected a part of the path of a weight (${paths.join(', ')}), received "${optimizer.excludeLayers[place]}": change it, or leave it out`,
    ['optimizer', 'excludeLayers', place],
  );
};

/** @throws ConfigError when dropout rates change over training and no layer has one above 0. */
const requireDropout = ({ name }: DropoutScheduleConfig, layers: readonly NamedLayer[]): void => {
  const hasRate = ({ settings }: NamedLayer): boolean =>
    ('rate' in settings && settings.rate > 0) ||
    ('dropConnect' in settings && settings.dropConnect > 0) ||
    ('dropRate' in settings && settings.dropRate > 0);
  if (name === 'constant' || flattened(layers).some(hasRate)) return;
  throw new ConfigError(
    `run configuration: dropoutSchedule: expected a layer with a dropout rate above 0, which ${name} changes over training, received a model without: add one, or leave the schedule out`,
    ['dropoutSchedule'],
  );
};

/**
 * @param normalized The batch normalization with the fewest values of a channel for an image.
 * @throws ConfigError when a batch has one value of a channel, whose variance is 0.
 */
const requireStatistics = (
  { name, places }: { readonly name: string; readonly places: number },
  config: Pick<
    RunConfig,
    'dataset' | 'limitTrain' | 'validationSplit' | 'splitMethod' | 'batchSize' | 'dropRemainder'
  >,
): void => {
  if (places > 1) return;
  const { splitMethod, batchSize, dropRemainder } = config;
  const images = trainImagesOf(config);
  const expected = `run configuration: batchSize: expected batches of at least 2 images, since ${name} takes a mean and a variance of one number of each`;
  if (batchSize === 1 || images === 1) {
    throw new ConfigError(
      `${expected}, received ${batchSize === 1 ? 'batches of 1' : '1 image to train with'}: use a batchSize of 2 or more, or layer_normalization`,
      ['batchSize'],
    );
  }
  // The number of images of a stratified split is only known with the labels.
  if (dropRemainder || splitMethod !== 'last' || images % batchSize !== 1) return;
  throw new ConfigError(
    `${expected}, received batches of ${batchSize} of ${images} images, whose last one is 1 image: use another batchSize, or dropRemainder`,
    ['batchSize'],
  );
};
