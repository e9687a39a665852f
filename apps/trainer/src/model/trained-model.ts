import { type BackendChoice, startBackend } from '@dropout-lab/backend/node';
import { type CheckpointName, DropoutLabError } from '@dropout-lab/contracts';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface TrainedModelOptions {
  readonly backend: BackendChoice;
  readonly checkpoint: CheckpointName;
}

/** Opens a run and builds its model with the weights of a checkpoint, on a started backend. */
export const openTrainedModel = async (
  path: string,
  { backend, checkpoint }: TrainedModelOptions,
): Promise<{ run: RunReader; model: LayersModel }> => {
  const run = await openRunDirectory(path);
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  await startBackend(backend);
  const model = buildModel(modelSpecOf(run.manifest.config), run.manifest.config.seed);
  writeWeights(model, snapshot.weights);
  return { run, model };
};

/**
 * @param names What each row of logits is of, for the message.
 * @throws DropoutLabError when a logit is NaN or infinite: the model has no answer, and a class would be made up.
 */
export const requireAnswers = (
  logits: Float32Array,
  path: string,
  { checkpoint }: Pick<TrainedModelOptions, 'checkpoint'>,
  nameOf: (row: number) => string,
  numClasses: number,
): void => {
  const index = logits.findIndex((logit) => !Number.isFinite(logit));
  if (index < 0) return;
  throw new DropoutLabError(
    `${path}: expected finite answers of the model of checkpoint ${checkpoint}, found ${logits[index]} for ${nameOf(Math.floor(index / numClasses))}: its weights are too large for float32, so take another checkpoint, or train with a lower learning rate`,
  );
};
