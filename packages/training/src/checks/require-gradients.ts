import { AveragePooling2D, type ModelLayer } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { disposingWhenThrown } from '../disposing.ts';
import { TrainingError } from '../errors.ts';

/** Layers whose gradients every backend can compute, except those of dilated convolutions. */
export const differentiable: ReadonlySet<string> = new Set(
  `Activation Add Average AveragePooling1D AveragePooling2D BatchNormalization Bidirectional Concatenate Conv1D Conv2D
  Conv2DTranspose Cropping2D Dense Dropout ELU Flatten GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
  GlobalMaxPooling2D InputLayer LayerNormalization LeakyReLU MaxPooling1D MaxPooling2D Maximum Minimum Multiply PReLU
  Permute ReLU RepeatVector Rescaling Reshape UpSampling2D ZeroPadding2D`.split(/\s+/),
);

/** @throws TrainingError for a layer whose gradient this backend cannot compute, tried on an image of zeros, or computes wrong. */
export const requireGradients = (leaves: readonly ModelLayer[]): void => {
  let needsInput = false;
  for (const { layer, path, trainable } of leaves) {
    const variables = trainable ? layer.trainableWeights.map((weight) => weight.read() as tf.Variable) : [];
    if (!isKnown(layer) && (needsInput || variables.length > 0)) {
      try {
        tryGradients(layer, variables, needsInput);
      } catch (error) {
        throw new TrainingError(
          `model: ${path} (${layer.getClassName()}): expected a gradient on the backend ${tf.getBackend()}, found none (${firstLine(error)}): train on another backend, freeze all layers up to this one, or use another layer`,
          { cause: error },
        );
      }
    }
    const wrong = wrongGradientOf(layer);
    if (wrong !== undefined && (needsInput || variables.length > 0)) {
      throw new TrainingError(
        `model: ${path} (${layer.getClassName()}): expected the gradient of Keras on the backend ${tf.getBackend()}, found ${wrong}`,
      );
    }
    needsInput ||= variables.length > 0;
  }
};

/** Returns a message about a layer whose gradient in TensorFlow.js is not Keras's; undefined for any other. */
const wrongGradientOf = (layer: layers.Layer): string | undefined => {
  const { padding, interpolation } = layer.getConfig();
  const backend = tf.getBackend();
  const kind = layer.getClassName();
  // That of our own layer is right.
  const isStock = !(layer instanceof AveragePooling2D);
  if (isStock && kind.startsWith('AveragePooling') && padding === 'same' && !leavesOutPadding()) {
    return 'padding same, whose gradient counts the padding: pad with zeros before it, or use padding valid, or an AveragePooling2D of @dropout-lab/model';
  }
  if (/^Conv3D/.test(kind) && backend === 'wasm' && !hasTrainingKernels()) {
    return 'that of a kernel that computes other numbers: call registerTrainingKernels of @dropout-lab/wasm-training';
  }
  if (kind === 'UpSampling2D' && interpolation !== 'bilinear' && backend === 'cpu') {
    return 'nearest neighbours, whose gradient mixes the images of a batch: train on another backend';
  }
  return undefined;
};

/** Whether the gradient of average pooling divides by the sizes of windows without their padding, as their means do. */
const leavesOutPadding = (): boolean =>
  tf.getBackend() === 'tensorflow' || (tf.getBackend() === 'wasm' && hasTrainingKernels());

/** Whether the wasm backend has the kernels of @dropout-lab/wasm-training: stock, it has none of this name. */
const hasTrainingKernels = (): boolean => tf.getKernel(tf.UnsortedSegmentSum, 'wasm') !== undefined;

const isKnown = (layer: layers.Layer): boolean => {
  const dilation = layer.getConfig()['dilationRate'] as number | number[] | undefined;
  const isDilated = [dilation ?? 1].flat().some((rate) => rate !== 1);
  return differentiable.has(layer.getClassName()) && !isDilated;
};

const tryGradients = (layer: layers.Layer, variables: tf.Variable[], needsInput: boolean): void => {
  const [node] = layer.inboundNodes;
  // A cell, or a layer in a wrapper, is called only by the layer around it.
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

const firstLine = (error: unknown): string => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line!.replace(/[.:]+$/, '');
};
