import { isObject, type JsonObject } from '../objects.ts';

/**
 * Brings the topology of a LayersModel of TensorFlow.js, or of Keras 2, into the form in which Keras 3 saves a model, which it
 * may have already. What is malformed stays as it is, for the reader of that form to refuse.
 *
 * @param isOurs Whether dropout-lab wrote it, which exports models without the initializers of training.
 */
export const inKerasForm = (topology: unknown, isOurs: boolean): unknown => {
  // Keras's converter has the model beside versions.
  const model =
    isObject(topology) && isObject(topology['model_config']) ? topology['model_config'] : topology;
  if (!isObject(model)) return model;
  const className = model['class_name'] === 'Model' ? 'Functional' : model['class_name'];
  const config = Array.isArray(model['config']) ? { layers: model['config'] } : model['config'];
  const isList = isObject(config) && Array.isArray(config['layers']);
  const layers = isList
    ? withInput(config['layers'] as unknown[]).map((layer) => layerOf(layer, isOurs))
    : undefined;
  return {
    ...ofKeras(model),
    class_name: className,
    config: layers === undefined ? config : { ...(config as JsonObject), layers },
  };
};

/** Adds the module that Keras 3 says a class is of. */
const ofKeras = (object: JsonObject): JsonObject =>
  object['module'] === undefined ? { ...object, module: 'keras' } : object;

/** Puts a layer with the shape of the input before a first layer that has it among its arguments. */
const withInput = (layers: readonly unknown[]): readonly unknown[] => {
  const [first] = layers;
  if (!isObject(first) || first['class_name'] === 'InputLayer' || !isObject(first['config'])) return layers;
  const { batch_input_shape: shape, name, dtype } = first['config'];
  if (shape === undefined) return layers;
  const config = { name: `${String(name)}_input`, batch_input_shape: shape, dtype };
  return [{ class_name: 'InputLayer', config }, ...layers];
};

const layerOf = (layer: unknown, isOurs: boolean): unknown => {
  if (!isObject(layer) || !isObject(layer['config'])) return layer;
  const { batch_input_shape: shape, ...config } = layer['config'];
  const { inbound_nodes: calls } = layer;
  const isInput = layer['class_name'] === 'InputLayer';
  return {
    ...ofKeras(layer),
    config: {
      ...Object.fromEntries(Object.entries(config).map(([key, value]) => [key, argumentOf(value)])),
      ...(isInput && shape !== undefined && { batch_shape: shape }),
      ...(isOurs && isZeros(config['kernel_initializer']) && { kernel_initializer: null }),
    },
    ...(Array.isArray(calls) && { inbound_nodes: calls.map(callOf) }),
  };
};

const isZeros = (value: unknown): boolean => isObject(value) && value['class_name'] === 'Zeros';

/** The initializers of Keras that are a VarianceScaling; TensorFlow.js calls the normal ones truncated, too. */
const scalings: Readonly<Record<string, string>> = {
  '1,fan_avg,uniform': 'GlorotUniform',
  '1,fan_avg,normal': 'GlorotNormal',
  '2,fan_in,uniform': 'HeUniform',
  '2,fan_in,normal': 'HeNormal',
  '1,fan_in,uniform': 'LecunUniform',
  '1,fan_in,normal': 'LecunNormal',
};

const argumentOf = (value: unknown): unknown => {
  if (!isObject(value) || value['class_name'] === undefined) return value;
  const object = ofKeras(value);
  if (object['class_name'] !== 'VarianceScaling' || !isObject(object['config'])) return object;
  const { scale, mode, distribution } = object['config'];
  const name = `${String(scale)},${String(mode)},${String(distribution).replace('truncated_', '')}`;
  return Object.hasOwn(scalings, name) ? { ...object, class_name: scalings[name] } : object;
};

/** A call is `[[name, node, tensor, arguments], …]`, or one of those alone. */
const callOf = (call: unknown): unknown => {
  if (!Array.isArray(call)) return call;
  const tensors = (Array.isArray(call[0]) ? call : [call]) as unknown[];
  const kwargs = tensors.flatMap((tensor) =>
    Array.isArray(tensor) && isObject(tensor[3]) ? Object.entries(tensor[3]) : [],
  );
  const args = tensors.map((tensor) =>
    Array.isArray(tensor) ? { config: { keras_history: tensor.slice(0, 3) } } : tensor,
  );
  return { args, kwargs: Object.fromEntries(kwargs) };
};
