import { ConfigError, datasetOf, type RunConfig } from '@dropout-lab/contracts';
import { requireBuildable } from './build-model.ts';
import { modelSpecOf } from './model-spec.ts';
import { sizeOf } from './size.ts';

/** Of all outputs for a batch, which training keeps for the gradients: 32 GiB of floats. */
const MOST_VALUES = 2 ** 33;

/**
 * Checks that a run's model can be built, and that a batch of its images passes through it in the memory of a large machine.
 *
 * @throws ConfigError when the model is impossible, or the batch too large for it.
 */
export const requireTrainable = (
  config: Pick<RunConfig, 'model' | 'dataset' | 'batchSize' | 'limitTrain' | 'validationSplit'>,
): void => {
  const spec = modelSpecOf(config);
  const { values } = sizeOf(requireBuildable(spec), spec.inputShape, []);
  const images = config.limitTrain ?? datasetOf(config.dataset).trainImages;
  const batch = Math.min(config.batchSize, Math.ceil(images * (1 - config.validationSplit)));
  if (batch * values <= MOST_VALUES) return;
  throw new ConfigError(
    `run configuration: batchSize: expected at most ${MOST_VALUES} values in all outputs of the model for a batch, received ${batch} images of ${values} values each: use a batchSize of at most ${Math.floor(MOST_VALUES / values)}, or fewer filters or units`,
    ['batchSize'],
  );
};
