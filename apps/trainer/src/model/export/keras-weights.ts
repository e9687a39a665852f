import { encodeKerasWeights } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import type { RunToExport, WrittenFile } from './format.ts';

/** The weights as a `.weights.h5` file of Keras 3. */
export const writeKerasWeights = async ({ run, checkpoint }: RunToExport): Promise<WrittenFile> => {
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  return {
    content: await encodeKerasWeights(snapshot.weights, modelSpecOf(run.manifest.config)),
    use: 'in Keras 3, model.load_weights reads it into a model of the same layers',
  };
};
