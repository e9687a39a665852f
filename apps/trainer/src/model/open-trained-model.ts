import { type BackendChoice, type StartedBackend, startBackend } from '@dropout-lab/backend/node';
import type { CheckpointName } from '@dropout-lab/contracts';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { LayersModel } from '@tensorflow/tfjs-layers';

export interface TrainedModelOptions {
  readonly backend: BackendChoice;
  readonly checkpoint: CheckpointName;
}

/** Opens a run and builds its model with the weights of a checkpoint, after so many steps, on a backend that it starts. */
export const openTrainedModel = async (
  path: string,
  { backend: choice, checkpoint }: TrainedModelOptions,
): Promise<{ run: RunReader; model: LayersModel; step: number; backend: StartedBackend }> => {
  const run = await openRunDirectory(path);
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  const backend = await startBackend(choice);
  const model = buildModel(modelSpecOf(run.manifest.config), run.manifest.config.seed);
  writeWeights(model, snapshot.weights);
  return { run, model, step: snapshot.progress.step, backend };
};

/** A checkpoint of a run, for messages. */
export const checkpointOf = (path: string, { checkpoint }: Pick<TrainedModelOptions, 'checkpoint'>): string =>
  `${path}: checkpoint ${checkpoint}`;
