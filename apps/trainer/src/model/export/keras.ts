import { encodeKerasModel } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import type { RunToExport, WrittenFile } from './format.ts';
import { refused } from './refused.ts';

/** The model, its weights, and the optimizer and loss of its training, as a `.keras` archive. */
export const writeKeras = async ({ run, checkpoint }: RunToExport): Promise<WrittenFile> => {
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  const { config, classNames, createdAt, importedFrom } = run.manifest;
  const { bytes, differences } = await refused(() =>
    encodeKerasModel(snapshot.weights, modelSpecOf(config), {
      // Imported weights were trained in a way that nobody knows here.
      ...(importedFrom === undefined && { trainedWith: config }),
      describedData: { classNames, dataset: config.dataset },
      savedAt: new Date(createdAt),
    }),
  );
  return {
    content: bytes,
    use: 'in Keras 3.3 or later, keras.saving.load_model opens it',
    notes: differences,
  };
};
