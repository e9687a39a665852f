import { allLayers, leafLayers, type ModelLayer, NoiseLayer } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { disposingWhenThrown } from '../disposing.ts';
import { TrainingError } from '../errors.ts';

/**
 * Refuses, by name and before the first step, what a model carries and training would not honour. What is honoured and
 * what is not is docs/honoured.md.
 *
 * @throws TrainingError naming the first layer at fault, and what to do.
 */
export const requireHonoured = (model: LayersModel): void => {
  if (model.inputs.length !== 1) {
    throw new TrainingError(
      `model: expected one input, found ${model.inputs.length} (${model.inputNames.join(', ')}): a batch has one array of images; concatenate them into one, and slice it within the model`,
    );
  }
  const leaves = leafLayers(model);
  for (const one of allLayers(model)) requireStateless(one);
  const [batchSize] = model.inputs[0]!.shape;
  if (batchSize !== null) {
    throw new TrainingError(
      `model: expected an input for batches of any size, found one for ${batchSize} (batchInputShape): give inputShape instead`,
    );
  }
  if (model.trainableWeights.length === 0) {
    throw new TrainingError(
      'model: expected a weight that can be trained, found none: set trainable = true on the layers that are to be',
    );
  }
  requireSeeded(model);
  for (const { layer, path } of leaves) {
    const found = findingOf(layer);
    if (found) throw new TrainingError(`model: ${path} (${layer.getClassName()}): ${found}`);
  }
  requireGradients(leaves);
  const carriesMask = maskFinder();
  for (const { layer, path } of leaves) requireNoMask(layer, path, carriesMask);
  requireUnmaskedOutput(model, carriesMask);
};

/** Properties of TensorFlow.js's layers that say more than their configuration. */
interface Settings {
  readonly activityRegularizer?: unknown;
  readonly rate?: number;
  readonly stddev?: number;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly stateful?: boolean;
}

const ours = 'of @dropout-lab/model, which draws from a seed and the step';

/** Layers of TensorFlow.js that draw from no seed, or anew the same from one, and what to take instead. */
const drawing: Readonly<
  Record<string, { readonly draws: (layer: Settings) => boolean; readonly instead: string }>
> = {
  Dropout: { draws: ({ rate }) => rate !== 0, instead: `take the Dropout ${ours}` },
  SpatialDropout1D: {
    draws: ({ rate }) => rate !== 0,
    instead: `take the Dropout ${ours}, with noiseShape [null, 1, null]`,
  },
  GaussianDropout: { draws: ({ rate }) => rate !== 0, instead: `take the GaussianDropout ${ours}` },
  AlphaDropout: { draws: ({ rate }) => rate !== 0, instead: `take the AlphaDropout ${ours}` },
  GaussianNoise: { draws: ({ stddev }) => stddev !== 0, instead: `take the GaussianNoise ${ours}` },
};

/**
 * Refuses layers whose random numbers do not follow from a seed and the step. A worker does so too: with another copy of
 * @dropout-lab/model than the layers' own, it would draw what it likes.
 *
 * @throws TrainingError naming the first one.
 */
export const requireSeeded = (model: LayersModel): void => {
  for (const { layer, path } of leafLayers(model)) {
    const drawn = drawing[layer.getClassName()];
    if (!drawn || layer instanceof NoiseLayer || !drawn.draws(layer as unknown as Settings)) continue;
    const finding =
      'position' in layer
        ? 'the layer of another copy of @dropout-lab/model: install one copy (npm ls @dropout-lab/model)'
        : `TensorFlow.js's layer, of which no run can be had again: ${drawn.instead}`;
    throw new TrainingError(
      `model: ${path} (${layer.getClassName()}): expected random numbers that follow from a seed and the step, found ${finding}`,
    );
  }
};

/** What of a layer is not honoured, and what to do; undefined when everything is. */
const findingOf = (layer: layers.Layer): string | undefined => {
  const settings = layer as unknown as Settings;
  if (settings.activityRegularizer) {
    return 'expected no activity regularizer, found one, which TensorFlow.js does not compute: penalize the output in a loss of your own';
  }
  if ((settings.dropout ?? 0) > 0 || (settings.recurrentDropout ?? 0) > 0) {
    return 'expected no dropout within a recurrent cell, found some, whose masks follow from no seed: set dropout and recurrentDropout to 0, and put a Dropout of @dropout-lab/model before the layer';
  }
  const odd = layer.trainableWeights.find(({ dtype }) => dtype !== 'float32');
  if (odd)
    return `expected weights of float32, found ${odd.originalName} of ${odd.dtype}: it has no gradient`;
  return undefined;
};

/** @throws TrainingError for a layer that carries its state from one batch to the next. */
const requireStateless = ({ layer, path }: ModelLayer): void => {
  if ((layer as unknown as Settings).stateful !== true) return;
  throw new TrainingError(
    `model: ${path} (${layer.getClassName()}): expected batches that do not depend on each other, found stateful: true: an epoch's order, a resumed run and threads would change what it remembers; set it to false`,
  );
};

/** Layers whose gradients every backend has; conv2d's unless dilated. */
const differentiable = new Set(
  `Activation Add Average AveragePooling1D AveragePooling2D BatchNormalization Bidirectional Concatenate Conv1D Conv2D
  Conv2DTranspose Cropping2D Dense Dropout ELU Flatten GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
  GlobalMaxPooling2D InputLayer LayerNormalization LeakyReLU MaxPooling1D MaxPooling2D Maximum Minimum Multiply PReLU
  Permute ReLU RepeatVector Rescaling Reshape UpSampling2D ZeroPadding2D`.split(/\s+/),
);

/** @throws TrainingError for a layer that this backend cannot compute the gradient of, tried on one image of zeros. */
const requireGradients = (leaves: readonly ModelLayer[]): void => {
  let needsInput = false;
  for (const { layer, path, trainable } of leaves) {
    const variables = trainable ? layer.trainableWeights.map((weight) => weight.read() as tf.Variable) : [];
    if (!isKnown(layer) && (needsInput || variables.length > 0)) {
      try {
        tryGradients(layer, variables, needsInput);
      } catch (error) {
        throw new TrainingError(
          `model: ${path} (${layer.getClassName()}): expected a gradient on the backend ${tf.getBackend()}, found none (${firstLine(error)}): train on another backend, freeze what is up to there, or take another layer`,
          { cause: error },
        );
      }
    }
    const wrong = wrongGradientOf(layer);
    if (wrong !== undefined && needsInput) {
      throw new TrainingError(
        `model: ${path} (${layer.getClassName()}): expected the gradient of Keras on the backend ${tf.getBackend()}, found ${wrong}`,
      );
    }
    needsInput ||= variables.length > 0;
  }
};

/** What TensorFlow.js computes another gradient of than Keras; undefined of all else. */
const wrongGradientOf = (layer: layers.Layer): string | undefined => {
  const { padding, interpolation } = layer.getConfig();
  const backend = tf.getBackend();
  const kind = layer.getClassName();
  // TensorFlow's own operations are right.
  if (kind.startsWith('AveragePooling') && padding === 'same' && backend !== 'tensorflow') {
    return 'padding same, whose gradient counts the padding: pad with zeros before it, or take padding valid';
  }
  if (kind === 'UpSampling2D' && interpolation !== 'bilinear' && backend === 'cpu') {
    return 'nearest neighbours, whose gradient mixes the images of a batch: train on another backend';
  }
  return undefined;
};

/** Layers of which Keras's heed a mask, and TensorFlow.js's do not. */
const heedMasks: ReadonlySet<string> = new Set(
  'Add Average BatchNormalization Concatenate ConvLSTM2D Dot GlobalAveragePooling1D Maximum Minimum Multiply Softmax'.split(
    ' ',
  ),
);

/** @throws TrainingError for a layer that would count the steps of a sequence that a mask leaves out. */
const requireNoMask = (layer: layers.Layer, path: string, carriesMask: MaskFinder): void => {
  if (!heedMasks.has(layer.getClassName())) return;
  if (!layer.inboundNodes.some(({ inputTensors = [] }) => inputTensors.some(carriesMask))) return;
  throw new TrainingError(
    `model: ${path} (${layer.getClassName()}): expected an input of which every step counts, found a mask, which TensorFlow.js's layer does not heed: put a recurrent layer that answers once for each sequence before it`,
  );
};

const isKnown = (layer: layers.Layer): boolean => {
  const dilation = layer.getConfig()['dilationRate'] as number | number[] | undefined;
  const isDilated = [dilation ?? 1].flat().some((rate) => rate !== 1);
  return differentiable.has(layer.getClassName()) && !isDilated;
};

const tryGradients = (layer: layers.Layer, variables: tf.Variable[], needsInput: boolean): void => {
  const [node] = layer.inboundNodes;
  // A cell, or a layer within a wrapper, is called by its holder alone.
  if (node === undefined || node.inputShapes.flat().slice(1).includes(null)) return;
  const shapes = node.inputTensors.map(({ shape }) => shape.map((length) => length ?? 1));
  disposingWhenThrown(() => {
    const inputs = shapes.map((shape) => tf.zeros(shape));
    const summed = (...x: tf.Tensor[]): tf.Scalar => {
      const output = layer.call(x, { training: false });
      return tf.sum(Array.isArray(output) ? output[0]! : output);
    };
    if (variables.length > 0) tf.variableGrads(() => summed(...inputs), variables);
    if (needsInput) tf.grads(summed)(inputs);
    return [];
  });
};

/**
 * @throws TrainingError for a model whose output says which steps of a sequence are there: the loss would count the others
 *   too.
 */
const requireUnmaskedOutput = ({ outputs }: LayersModel, carriesMask: MaskFinder): void => {
  const [output] = outputs;
  if (!carriesMask(output!)) return;
  throw new TrainingError(
    `model: expected an output of which every step counts, found a mask at ${output!.sourceLayer.name}: the loss would count the steps that it leaves out; answer once for each sequence (returnSequences: false), or weigh the steps in a loss of your own`,
  );
};

/** Whether a tensor of a model's graph comes with a mask. */
type MaskFinder = (tensor: SymbolicTensor) => boolean;

/** Looks at each tensor once, however many paths lead to it: residual blocks double their number each. */
const maskFinder = (): MaskFinder => {
  const known = new Map<number, boolean>();
  const carriesMask: MaskFinder = (tensor) => {
    const found = known.get(tensor.id) ?? comesWithMask(tensor, carriesMask);
    known.set(tensor.id, found);
    return found;
  };
  return carriesMask;
};

const comesWithMask = (
  { sourceLayer: layer, nodeIndex }: SymbolicTensor,
  carriesMask: MaskFinder,
): boolean => {
  const { maskZero } = layer.getConfig();
  if (layer.getClassName() === 'Masking' || maskZero === true) return true;
  if (!layer.supportsMasking) return false;
  const { returnSequences = true } = layer as { returnSequences?: boolean };
  return returnSequences && (layer.inboundNodes[nodeIndex]?.inputTensors ?? []).some(carriesMask);
};

const firstLine = (error: unknown): string => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line!.replace(/[.:]+$/, '');
};
