import {
  decodeKerasArchitecture,
  decodeKerasDescribedData,
  decodeKerasWeights,
  decodeSafetensorsModel,
  isKerasArchive,
  isSafetensors,
  matchWeights,
} from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import { layersModelSource } from './layers-model-source.ts';
import type { ModelSource } from './model-source.ts';
import { isJson } from './read-model-file.ts';

/**
 * Reads what a model's file says of it.
 *
 * @param isDescribed Whether the user describes the model, so that the file's own layers do not count.
 * @throws InterchangeError or ConfigError that says what was expected and found.
 */
export const readModelSource = async (
  bytes: Uint8Array,
  file: string,
  isDescribed: boolean,
): Promise<ModelSource> => {
  const source = await wholeSourceOf(bytes, file, isDescribed);
  return isDescribed ? { ...source, model: undefined } : source;
};

const wholeSourceOf = async (bytes: Uint8Array, file: string, isDescribed: boolean): Promise<ModelSource> => {
  if (isJson(bytes)) return layersModelSource(bytes, file);
  if (isSafetensors(bytes)) {
    const { weights, model, describedData } = decodeSafetensorsModel(bytes, file);
    return {
      model,
      classNames: describedData?.classNames,
      dataset: describedData?.dataset,
      notes: [],
      mostWeights: weights.reduce((sum, { values }) => sum + values.length, 0),
      decode: async (shapes) => matchWeights(weights, shapes, file),
    };
  }
  const isArchive = isKerasArchive(bytes);
  // Layers that a user describes are not read from the file, which may have others than dropout-lab has.
  const { model, notes, weightBytes } =
    isArchive && !isDescribed
      ? decodeKerasArchitecture(bytes, file)
      : { model: undefined, notes: [], weightBytes: bytes.length };
  const data = isArchive ? decodeKerasDescribedData(bytes, file) : undefined;
  return {
    model,
    classNames: data?.classNames,
    dataset: data?.dataset,
    notes,
    mostWeights: weightBytes / 4,
    decode: (shapes, config) => decodeKerasWeights(bytes, shapes, modelSpecOf(config), file),
  };
};
