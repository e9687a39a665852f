import type { ModelSpec, NamedArray } from '@dropout-lab/contracts';
import { DESCRIBED, type DescribedData, PIXELS, readDescribedData } from '../described-data.ts';
import { inKerasOrder, isLayer, type Operation, operationsOf } from '../graph/graph.ts';
import { isObject, type JsonObject, kerasObject } from '../objects.ts';
import { archived, findArchivedJson, writeArchive } from './archive.ts';
import { type KerasLayer, type KerasPlaces, kerasLayers, kerasOperations } from './layers.ts';
import { lackingInitializers } from './settings.ts';
import { compileConfigOf, type TrainedWith, toPythonJson } from './training.ts';
import { encodeKerasWeights } from './weights.ts';

/** Parts of an archive of {@link encodeKerasModel} beside layers and weights. */
export interface KerasModelOptions {
  /** The optimizer and the loss that the loaded model is compiled with; none when left out. */
  readonly trainedWith?: TrainedWith | undefined;
  /** Names of the classes and the data set, for the archive's metadata, which Keras passes over. */
  readonly describedData?: DescribedData | undefined;
  /** The time that the archive says it was saved at; 1980 when left out, so that equal models give equal archives. */
  readonly savedAt?: Date;
}

/** A `.keras` archive. */
export interface KerasModel {
  readonly bytes: Uint8Array;
  /** In which way training in Keras would differ: a sentence for each. */
  readonly differences: readonly string[];
}

/** The first version of Keras that these archives are loaded by. */
const KERAS_VERSION = '3.3.3';

/**
 * Writes a model of `buildModel` as a `.keras` archive, which `keras.saving.load_model` of Keras 3.3 and later opens without
 * custom objects: a Sequential, or with residual blocks a functional model, under our names of layers, with inputs as here
 * (float32, 0 to 1). What only training has and Keras lacks is left out: DropConnect, and initializers of its own kinds.
 * Stochastic depth is a Dropout with one number of the mask for each image.
 *
 * @param weights The weights of `readWeights` or of a checkpoint.
 * @param spec The spec that the model was built from.
 * @throws InterchangeError when a weight is not finite or Keras has no such layer; KerasWeightsError for weights of another
 *   model.
 */
export const encodeKerasModel = async (
  weights: readonly NamedArray[],
  spec: ModelSpec,
  { trainedWith, describedData, savedAt = new Date(0) }: KerasModelOptions = {},
): Promise<KerasModel> => {
  const operations = operationsOf(spec);
  const compileConfig = trainedWith && compileConfigOf(trainedWith, endsInLogits(spec));
  const model = {
    ...architectureOf(operations),
    ...(compileConfig && { compile_config: compileConfig }),
  };
  const bytes = writeArchive({
    [archived.metadata]: JSON.stringify({
      keras_version: KERAS_VERSION,
      date_saved: savedAt.toISOString().slice(0, 19).replace('T', '@'),
      ...(describedData && {
        [DESCRIBED]: {
          class_names: describedData.classNames,
          dataset: describedData.dataset,
          pixels: PIXELS,
        },
      }),
    }),
    [archived.config]: toPythonJson(model),
    [archived.weights]: await encodeKerasWeights(weights, spec),
  });
  const differences = operations.flatMap(({ name, settings }) => differencesOf(name, settings));
  if (trainedWith !== undefined && compileConfig === undefined) {
    differences.push(
      `the model is not compiled: no version of Keras has ${trainedWith.optimizer.name} with these settings, or only newer ones`,
    );
  }
  return { bytes, differences };
};

/**
 * Returns what an archive says about its classes and images; undefined where dropout-lab did not write it.
 *
 * @param where The archive's name, for errors.
 * @throws InterchangeError when it has another form; KerasWeightsError when the archive is damaged.
 */
export const decodeKerasDescribedData = (bytes: Uint8Array, where: string): DescribedData | undefined => {
  const metadata = findArchivedJson(bytes, archived.metadata, where);
  const described = isObject(metadata) ? metadata[DESCRIBED] : undefined;
  return isObject(described)
    ? readDescribedData(
        described['class_names'],
        described['dataset'],
        `${where}: ${archived.metadata}: ${DESCRIBED}`,
      )
    : undefined;
};

const endsInLogits = ({ layers }: ModelSpec): boolean => {
  const last = layers.findLast(({ kind }) => kind !== 'rescaling');
  return last?.kind === 'dense' && last.activation === 'linear';
};

const differencesOf = (name: string, settings: Operation['settings']): string[] => {
  if (!('kernelInitializer' in settings)) return [];
  const { dropConnect, kernelInitializer } = settings;
  return [
    ...(dropConnect > 0
      ? [`${name}: DropConnect is left out, which Keras lacks and prediction does not use`]
      : []),
    ...(lackingInitializers.includes(kernelInitializer)
      ? [
          `${name}: the initializer ${kernelInitializer} is written as its distribution, VarianceScaling; the weights are as trained`,
        ]
      : []),
  ];
};

/** The class, the name and the arguments of an operation in Keras. */
const layerOf = ({ name, settings, shape }: Operation) => {
  if (!isLayer(settings)) {
    const convert = kerasOperations[settings.kind] as (...args: unknown[]) => readonly [string, object];
    const [className, config] = convert(settings, shape);
    return kerasObject('keras.layers', className, { name, dtype: 'float32', ...config });
  }
  const { className, settings: places, fixed, complete } = kerasLayers[settings.kind] as KerasLayer<object>;
  const values = settings as unknown as JsonObject;
  const written = Object.entries(places as KerasPlaces).flatMap(([setting, place]) =>
    place === null ? [] : [[place[0], place[1].write(values[setting], `${name}: ${setting}`)]],
  );
  const config = { ...Object.fromEntries(written), ...first(fixed) };
  return kerasObject('keras.layers', className, {
    name,
    dtype: 'float32',
    ...(complete?.(config) ?? config),
  });
};

const first = (fixed: KerasLayer['fixed']): JsonObject =>
  Object.fromEntries(Object.entries(fixed).map(([key, [value]]) => [key, value]));

const architectureOf = (operations: readonly Operation[]) => {
  const inputShape = [null, ...operations[0]!.shape];
  const common = { name: 'convnet', trainable: true };
  const isChain = operations.every(({ inputs }) => inputs.length <= 1);
  if (isChain) {
    return {
      ...kerasObject('keras', 'Sequential', {
        ...common,
        dtype: 'float32',
        layers: operations.map(layerOf),
        build_input_shape: inputShape,
      }),
      build_config: { input_shape: inputShape },
    };
  }
  const shapes = new Map(operations.map(({ name, shape }) => [name, shape]));
  const layers = inKerasOrder(operations).map((operation) => ({
    ...layerOf(operation),
    name: operation.name,
    inbound_nodes: inboundNodes(operation, shapes),
  }));
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      ...common,
      layers,
      input_layers: [[operations[0]!.name, 0, 0]],
      output_layers: [[operations.at(-1)!.name, 0, 0]],
    },
    registered_name: 'Functional',
    build_config: { input_shape: inputShape },
  };
};

const inboundNodes = ({ inputs }: Operation, shapes: ReadonlyMap<string, readonly number[]>) => {
  if (inputs.length === 0) return [];
  const tensors = inputs.map((name) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, ...shapes.get(name)!], dtype: 'float32', keras_history: [name, 0, 0] },
  }));
  return [{ args: [tensors.length === 1 ? tensors[0] : tensors], kwargs: {} }];
};
