import {
  ConfigError,
  type ModelInput,
  type ModelSpec,
  type NamedArray,
  parseJson,
} from '@dropout-lab/contracts';
import { type DescribedData, PIXELS, readDescribedData } from '../described-data.ts';
import { InterchangeError } from '../errors.ts';
import { isObject, shown } from '../objects.ts';
import { requireFinite } from '../require-finite.ts';
import type { WeightShape } from '../weight-shape.ts';
import { decodeSafetensors, encodeSafetensors } from './file.ts';

const FORMAT = 'dropout-lab';
const VERSION = '1';

/** A model in a `.safetensors` file. */
export interface SafetensorsModel {
  readonly weights: readonly NamedArray[];
  /** The layers, for `parseModelSpec`; undefined in a file that dropout-lab did not write. */
  readonly model: ModelInput | undefined;
  /** Undefined in a file that dropout-lab did not write. */
  readonly describedData: DescribedData | undefined;
}

/**
 * Writes a model as a `.safetensors` file: its variables under their paths (`conv2d/kernel`), in Keras's shapes, and in the
 * metadata the layers, the shape of an image, the scale of pixels, the names of the classes and the data set.
 *
 * @param weights The weights of `readWeights` or of a checkpoint.
 * @param spec The spec that the model was built from.
 * @throws InterchangeError when a weight is not finite.
 */
export const encodeSafetensorsModel = (
  weights: readonly NamedArray[],
  spec: ModelSpec,
  { classNames, dataset }: DescribedData,
): Uint8Array => {
  requireFinite(weights, 'safetensors');
  return encodeSafetensors({
    arrays: weights,
    metadata: {
      format: FORMAT,
      format_version: VERSION,
      class_names: JSON.stringify(classNames),
      ...(dataset !== undefined && { dataset: JSON.stringify(dataset) }),
      image_shape: JSON.stringify(spec.inputShape),
      data_format: spec.dataFormat,
      pixels: PIXELS,
      model: JSON.stringify({
        inputShape: spec.inputShape,
        numClasses: spec.numClasses,
        dataFormat: spec.dataFormat,
        layers: spec.layers,
      }),
    },
  });
};

/**
 * Reads the model in a `.safetensors` file. Its layers are what the file says, to be checked by `parseModelSpec`.
 *
 * @param where The file's name, for errors.
 * @throws InterchangeError when the bytes are no such file, or one of a newer version of dropout-lab.
 */
export const decodeSafetensorsModel = (bytes: Uint8Array, where: string): SafetensorsModel => {
  const { arrays, metadata } = decodeSafetensors(bytes, where);
  requireFinite(arrays, where);
  if (metadata['format'] !== FORMAT) return { weights: arrays, model: undefined, describedData: undefined };
  const version = metadata['format_version'];
  if (version !== VERSION) {
    throw new InterchangeError(
      `${where}: format_version: expected ${VERSION}, found ${shown(version)}: update dropout-lab, or export the run again`,
    );
  }
  const read = (key: string): unknown => {
    try {
      return parseJson(metadata[key] ?? '', `${where}: ${key}`);
    } catch (cause) {
      throw cause instanceof ConfigError ? new InterchangeError(cause.message, { cause }) : cause;
    }
  };
  const dataset = 'dataset' in metadata ? read('dataset') : undefined;
  const describedData = readDescribedData(read('class_names'), dataset, where);
  const model = read('model');
  if (!isObject(model)) {
    throw new InterchangeError(`${where}: model: expected a model with its layers, found ${shown(model)}`);
  }
  return { weights: arrays, model: model as ModelInput, describedData };
};

/**
 * Returns the arrays of a file that are a model's weights, in the model's order.
 *
 * @param model Names and shapes of the model's weights, as `readWeights` gives them.
 * @param where The file's name, for errors.
 * @throws InterchangeError when one is missing, or of another shape, or there is one that the model lacks.
 */
export const matchWeights = (
  arrays: readonly NamedArray[],
  model: readonly WeightShape[],
  where: string,
): NamedArray[] => {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const names = new Set(model.map(({ name }) => name));
  const unknown = arrays.find(({ name }) => !names.has(name));
  const missing = model.find(({ name }) => !byName.has(name));
  if (missing !== undefined || unknown !== undefined) {
    throw new InterchangeError(
      `${where}: expected the ${model.length} weights of the model, such as ${model[0]?.name}, found ${arrays.length}, ${missing === undefined ? `among them ${shown(unknown!.name)}` : `without ${missing.name}`}: describe the model that the file was saved from`,
    );
  }
  return model.map(({ name, shape }) => {
    const found = byName.get(name)!;
    if (`${found.shape}` === `${shape}`) return found;
    throw new InterchangeError(
      `${where}: ${name}: expected shape [${shape}], found [${found.shape}]: describe the model that the file was saved from`,
    );
  });
};
