import { serialization } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors.ts';
import { innerOf } from './layers-of-model.ts';

/** A weight that a model.json asks for. */
export interface WeightOfTopology {
  /** `conv2d/kernel` */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A shape with the batch, as layers take it. */
type BatchShape = (number | null)[];

/** Of the objects in a topology, what is looked at here. */
interface Json {
  readonly model_config?: unknown;
  readonly className?: unknown;
  readonly config?: unknown;
  readonly layers?: unknown;
  readonly name?: unknown;
  readonly inboundNodes?: unknown;
}

/**
 * Returns the weights that `tf.loadLayersModel` would make of a model.json's `modelTopology`, in the order of its layers, without
 * making one: a few lines may ask for more than there is memory, and TensorFlow.js makes all of them before it compares them
 * with those that come with the file. For chains and graphs of layers that are used once each and stand behind their inputs, as
 * the models of {@link buildModel} are.
 *
 * @param where The file, for errors.
 * @throws ModelError naming the layer that cannot be made, has layers within, or whose input does not stand before it.
 */
export const weightsOfTopology = (topology: object, where: string): readonly WeightOfTopology[] => {
  const outputs = new Map<string, BatchShape>();
  const weights: WeightOfTopology[] = [];
  let before: string[] = [];
  for (const { description, inbound } of layersOf(topology, where)) {
    const layer = unbuiltLayer(description, where);
    const refuse = (expected: string, found: string): never => {
      throw new ModelError(`${where}: ${layer.name}: expected ${expected}, found ${found}`);
    };
    if (outputs.has(layer.name)) refuse('a name for each layer', 'two layers of this one');
    const inputs = (inbound ?? before).map(
      (name) => outputs.get(name) ?? refuse('a layer behind its inputs', `one whose input is ${name}`),
    );
    try {
      if (inputs.length === 0) inputs.push(requireShape(layer.batchInputShape));
      const input = inputs.length === 1 ? inputs[0]! : inputs;
      weights.push(...weightsOf(layer, input));
      outputs.set(layer.name, requireShape(layer.computeOutputShape(input)));
    } catch (cause) {
      refuse('a layer that can be built', (cause as Error).message);
    }
    before = [layer.name];
  }
  return weights;
};

interface DescribedLayer {
  readonly description: Json;
  /** In a graph, the names of the layers whose outputs it takes. */
  readonly inbound: readonly string[] | undefined;
}

const layersOf = (topology: object, where: string): readonly DescribedLayer[] => {
  const model = fromPython((topology as Json).model_config ?? topology);
  const { className, config } = isObject(model) ? model : {};
  const list = Array.isArray(config) ? config : isObject(config) && config.layers;
  const isGraph = className === 'Model' || className === 'Functional';
  if ((isGraph || className === 'Sequential') && Array.isArray(list) && list.every(isObject)) {
    return list.map((description) => ({
      description,
      inbound: isGraph ? inboundOf(description, where) : undefined,
    }));
  }
  throw new ModelError(`${where}: expected the modelTopology of a model of layers, found another`);
};

/** TensorFlow.js would look for ever for an input that there is not. */
const inboundOf = ({ name, config, inboundNodes }: Json, where: string): readonly string[] => {
  const nodes = Array.isArray(inboundNodes) && inboundNodes.length <= 1 ? inboundNodes.flat() : [undefined];
  const isFirst = (node: unknown): boolean => Array.isArray(node) && node[1] === 0 && node[2] === 0;
  if (isObject(config) && config.name === name && nodes.every(isFirst)) return nodes.map(([name]) => name);
  throw new ModelError(
    `${where}: ${JSON.stringify(name)}: expected a layer that is used once, found another`,
  );
};

type LayerClass = new (config: Json) => layers.Layer;

const classOf = (name: unknown): LayerClass | undefined => {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const found =
    typeof name === 'string' && Object.hasOwn(classNameMap, name) ? classNameMap[name]![0] : undefined;
  return found?.prototype instanceof layers.Layer ? (found as unknown as LayerClass) : undefined;
};

const unbuiltLayer = ({ className, config }: Json, where: string): layers.Layer => {
  const refuse = (expected: string): never => {
    throw new ModelError(`${where}: expected ${expected}, found ${JSON.stringify(className)}`);
  };
  const LayerOfClass = classOf(className);
  if (LayerOfClass === undefined || !isObject(config)) {
    return refuse('layers that TensorFlow.js and dropout-lab have');
  }
  // A model within is built as soon as it is read.
  if (hasLayer(config)) refuse('layers without layers within');
  const layer = made(LayerOfClass, config, where);
  return innerOf(layer).length === 0 ? layer : refuse('layers without layers within');
};

const made = (LayerOfClass: LayerClass, config: Json, where: string): layers.Layer => {
  try {
    return new LayerOfClass(config);
  } catch (cause) {
    throw new ModelError(
      `${where}: ${String(config.name)}: expected settings of a layer, found others: ${(cause as Error).message}`,
      { cause },
    );
  }
};

const hasLayer = (config: unknown): boolean =>
  isObject(config) && (classOf(config.className) !== undefined || Object.values(config).some(hasLayer));

/** Returns the weights that a layer makes when it is built. */
const weightsOf = (layer: layers.Layer, input: BatchShape | BatchShape[]): WeightOfTopology[] => {
  const weights: WeightOfTopology[] = [];
  Object.defineProperty(layer, 'addWeight', {
    value: (name: string, shape: BatchShape) => {
      weights.push({
        name: `${layer.name}/${name}`,
        shape: requireShape([null, ...shape]).slice(1) as number[],
      });
    },
  });
  layer.build(input);
  return weights;
};

/** @throws Error when a length but the batch's is not a number above 0. */
const requireShape = (shape: BatchShape | BatchShape[] | undefined): BatchShape => {
  if (shape?.slice(1).every((length) => Number.isSafeInteger(length) && (length as number) > 0)) {
    return shape as BatchShape;
  }
  throw new Error(shape === undefined ? 'no input' : `the shape [${shape}]`);
};

/** As TensorFlow.js converts a topology: all keys and texts, but for names. */
const fromPython = (value: unknown, key?: string): unknown => {
  if (typeof value === 'string') return key === 'name' ? value : inCamelCase(value);
  if (Array.isArray(value)) {
    const isNode = key === 'inboundNodes' && typeof value[0] === 'string';
    return value.map((item, i) => (isNode && i === 0 ? item : fromPython(item, key)));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const converted = name === 'name' ? name : inCamelCase(name);
      return [converted, fromPython(inner, converted)];
    }),
  );
};

const inCamelCase = (text: string): string =>
  text.length < 2 ? text : text.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
