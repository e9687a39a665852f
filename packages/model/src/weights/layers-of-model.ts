import { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A layer, and its place in a model. */
export interface ModelLayer {
  readonly layer: layers.Layer;
  /** The names that lead to it: `encoder/dense_1`. */
  readonly path: string;
  /** Whether it and all that contain it are trainable. */
  readonly trainable: boolean;
}

/**
 * Every layer of a model, once each, in the model's order, a layer that contains others before those: nested models,
 * wrappers such as TimeDistributed and Bidirectional, recurrent layers and their cells.
 */
export const allLayers = (model: LayersModel): readonly ModelLayer[] => {
  const found = new Map<layers.Layer, ModelLayer>();
  const visit = (layer: layers.Layer, path: string, trainable: boolean): void => {
    const known = found.get(layer);
    // Frozen where it is used once, it is frozen.
    found.set(layer, {
      layer,
      path: known?.path ?? path,
      trainable: trainable && (known?.trainable ?? true),
    });
    for (const inner of innerOf(layer)) {
      visit(inner, `${path}/${inner.name}`, trainable && inner.trainable);
    }
  };
  for (const layer of model.layers) visit(layer, layer.name, model.trainable && layer.trainable);
  return [...found.values()];
};

/** The layers of {@link allLayers} that compute something themselves. One of the user's own that contains a layer may. */
export const leafLayers = (model: LayersModel): readonly ModelLayer[] =>
  allLayers(model).filter(
    ({ layer }) => innerOf(layer).length === 0 || !containers.has(layer.getClassName()),
  );

/** Classes that compute nothing but what the layers in them compute. */
const containers: ReadonlySet<string> = new Set([
  'Sequential',
  'Model',
  'Functional',
  'LayersModel',
  'TimeDistributed',
  'Bidirectional',
  'RNN',
  'SimpleRNN',
  'GRU',
  'LSTM',
  'ConvRNN2D',
  'ConvLSTM2D',
  'StackedRNNCells',
]);

/** Where TensorFlow.js keeps the layers that a wrapper, a recurrent layer or a stack of cells consists of. */
interface Container {
  readonly layer?: unknown;
  readonly forwardLayer?: unknown;
  readonly backwardLayer?: unknown;
  readonly cell?: unknown;
  readonly cells?: readonly unknown[];
}

/** The layers that a layer consists of, in the order in which they are called; none of a layer of its own. */
export const innerOf = (layer: layers.Layer): readonly layers.Layer[] => {
  if (layer instanceof LayersModel) return layer.layers;
  const { layer: wrapped, forwardLayer, backwardLayer, cell, cells = [] } = layer as Container;
  const inner = forwardLayer ? [forwardLayer, backwardLayer] : [wrapped, cell, ...cells];
  return inner.filter((one): one is layers.Layer => one instanceof layers.Layer);
};

/** Whether a model's input is integers, such as indices of words: its dtype is int32, or an Embedding takes it. */
export const takesWholeNumbers = (model: LayersModel): boolean =>
  model.inputs[0]!.dtype === 'int32' ||
  model.layers.some(
    (layer) =>
      layer.getClassName() === 'Embedding' &&
      layer.inboundNodes.some(({ inputTensors }) => inputTensors.includes(model.inputs[0]!)),
  );
