import { encodeSafetensorsModel } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import type { RunToExport, WrittenFile } from './format.ts';
import { refused } from './refused.ts';

/** The variables under their paths as a `.safetensors` file, with layers and classes in its metadata. */
export const writeSafetensors = async ({ run, checkpoint }: RunToExport): Promise<WrittenFile> => {
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  const { config, classNames } = run.manifest;
  return {
    content: await refused(async () =>
      encodeSafetensorsModel(snapshot.weights, modelSpecOf(config), { classNames, dataset: config.dataset }),
    ),
    use: "in Python, safetensors.numpy.load_file reads its arrays, in Keras's shapes",
  };
};
