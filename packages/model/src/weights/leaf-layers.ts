import { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A layer that holds no others, where it stands in a model. */
export interface LeafLayer {
  readonly layer: layers.Layer;
  /** The names that lead to it: `encoder/dense_1`. */
  readonly path: string;
  /** Whether it and all that hold it are trainable. */
  readonly trainable: boolean;
}

/**
 * Every layer of a model that computes something itself, once each, in the model's order: those of nested models, of
 * wrappers such as TimeDistributed and Bidirectional, and the cells of recurrent layers among them.
 */
export const leafLayers = (model: LayersModel): readonly LeafLayer[] => {
  const found = new Map<layers.Layer, LeafLayer>();
  const visit = (layer: layers.Layer, path: string, trainable: boolean): void => {
    const inner = innerOf(layer);
    const known = found.get(layer);
    // One of the user's own that holds a layer may have weights besides.
    if (inner.length === 0 || !onlyHold.has(layer.getClassName())) {
      // Frozen where it is used once, it is frozen.
      found.set(layer, {
        layer,
        path: known?.path ?? path,
        trainable: trainable && (known?.trainable ?? true),
      });
    }
    for (const one of inner) visit(one, `${path}/${one.name}`, trainable && one.trainable);
  };
  for (const layer of model.layers) visit(layer, layer.name, model.trainable && layer.trainable);
  return [...found.values()];
};

/** Classes that compute nothing besides what the layers in them do. */
const onlyHold: ReadonlySet<string> = new Set([
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
interface Holder {
  readonly layer?: unknown;
  readonly forwardLayer?: unknown;
  readonly backwardLayer?: unknown;
  readonly cell?: unknown;
  readonly cells?: readonly unknown[];
}

const innerOf = (layer: layers.Layer): readonly layers.Layer[] => {
  if (layer instanceof LayersModel) return layer.layers;
  const { layer: wrapped, forwardLayer, backwardLayer, cell, cells = [] } = layer as Holder;
  const held = forwardLayer ? [forwardLayer, backwardLayer] : [wrapped, cell, ...cells];
  return held.filter((one): one is layers.Layer => one instanceof layers.Layer);
};

/** Whether a model's input is whole numbers, such as words by their index: declared so, or read by an Embedding. */
export const takesWholeNumbers = (model: LayersModel): boolean =>
  model.inputs[0]!.dtype === 'int32' ||
  model.layers.some(
    (layer) =>
      layer.getClassName() === 'Embedding' &&
      layer.inboundNodes.some(({ inputTensors }) => inputTensors.includes(model.inputs[0]!)),
  );
