import { encodeKerasModel, encodeSafetensorsModel } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import type { RunToExport, WrittenFolder } from './format.ts';
import { modelCard } from './model-card.ts';
import { refused } from './refused.ts';

/** A model card, the settings, and the weights for Keras and for readers of safetensors. */
export const writeHub = async (source: RunToExport): Promise<WrittenFolder> => {
  const { run, checkpoint } = source;
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  const { config, classNames, createdAt, importedFrom } = run.manifest;
  const spec = modelSpecOf(config);
  const { keras, safetensors } = await refused(async () => ({
    keras: await encodeKerasModel(snapshot.weights, spec, {
      ...(importedFrom === undefined && { trainedWith: config }),
      describedData: { classNames, dataset: config.dataset },
      savedAt: new Date(createdAt),
    }),
    safetensors: encodeSafetensorsModel(snapshot.weights, spec, { classNames, dataset: config.dataset }),
  }));
  const settings = {
    library_name: 'dropout-lab',
    class_names: classNames,
    image_shape: spec.inputShape,
    data_format: spec.dataFormat,
    pixels: 'float32, byte / 255',
    model: { ...spec },
    ...(importedFrom === undefined && { training: config }),
  };
  return {
    files: new Map<string, string | Uint8Array>([
      ['README.md', await modelCard(source, snapshot.weights)],
      ['config.json', `${JSON.stringify(settings, null, 2)}\n`],
      ['model.safetensors', safetensors],
      ['model.keras', keras.bytes],
    ]),
    use: 'choose a license in its README.md; then hf upload, of huggingface_hub, takes the folder',
    notes: keras.differences,
  };
};
