// Initializers of recurrent layers call methods of tensors.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { input } from '@tensorflow/tfjs-layers';
import { values } from '../cases.testing.ts';
import type { LayerCase } from './cases.testing.ts';

/** Images in a batch: stock cpu's gradient of nearest neighbours is wrong from two on. */
const BATCH = 3;

/** A layer with numbers for all it takes. */
const prepare = (one: LayerCase, batch: number) => {
  const { shape, inputs: count = 1, indices } = one;
  const batchShape = [batch, ...shape];
  const arrays = Array.from({ length: count }, (_, i) => {
    const numbers = values(batchShape, 11 + i);
    return numbers.map((x) => (indices === undefined ? 3 * x : Math.floor(((x + 1) / 2) * indices)));
  });
  const layer = one.create();
  const symbols = arrays.map(() => input({ shape: [...shape] }));
  layer.apply(count === 1 ? symbols[0]! : symbols);
  const weights = layer.getWeights().map((weight, i) => {
    const numbers = values(weight.shape, 31 + i);
    // A variance is above 0.
    const isVariance = layer.weights[i]!.originalName.includes('variance');
    return tf.tensor(isVariance ? numbers.map((x) => 1 + x * x) : numbers, weight.shape);
  });
  layer.setWeights(weights);
  const apply = (inputs: readonly tf.Tensor[]): tf.Tensor => {
    const output = layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training: true });
    return (Array.isArray(output) ? output[0]! : output) as tf.Tensor;
  };
  return { layer, arrays, batchShape, apply };
};

/**
 * Returns the gradients of a layer with respect to its inputs, then to its weights.
 *
 * @throws Where the backend lacks a kernel, or TensorFlow.js the gradient.
 */
export const gradientsOf = (backend: string, one: LayerCase): readonly Float32Array[] => {
  tf.setBackend(backend);
  return tf.tidy(() => {
    const { layer, gradients } = differentiable(one, BATCH);
    const found = gradients();
    layer.dispose();
    return found;
  });
};

/** Returns the milliseconds of a forward and a backward pass of a batch of 32 on the cpu backend and on wasm: the least of many by turns. */
export const millisecondsOf = (one: LayerCase): { readonly cpu: number; readonly wasm: number } => {
  const least = { cpu: Number.POSITIVE_INFINITY, wasm: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < 3; turn++) {
    for (const backend of ['cpu', 'wasm'] as const) {
      tf.setBackend(backend);
      tf.tidy(() => {
        const { layer, gradients } = differentiable(one, 32);
        for (const start = performance.now(); performance.now() - start < 60; ) {
          const before = performance.now();
          tf.tidy(() => void gradients());
          least[backend] = Math.min(least[backend], performance.now() - before);
        }
        layer.dispose();
      });
    }
  }
  return least;
};

const differentiable = (one: LayerCase, batch: number) => {
  const { layer, arrays, batchShape, apply } = prepare(one, batch);
  const inputs = arrays.map((numbers) => tf.tensor(numbers, batchShape));
  const { shape } = apply(inputs);
  const dy = tf.tensor(values(shape, 5), shape);
  const loss = (...given: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(apply(given), dy));
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const ofInputs = () => (one.firstOnly ? [] : tf.grads(loss)(inputs));
  const ofWeights = () =>
    variables.length > 0 ? Object.values(tf.variableGrads(() => loss(...inputs), variables).grads) : [];
  // A layer that has neither is passed through.
  const gradients = () =>
    [...ofInputs(), ...ofWeights()].map((gradient) => gradient.dataSync<'float32'>().slice());
  return { layer, gradients };
};

/** The gradient with respect to one input by central differences, of a layer without weights. */
export const finiteDifferences = (backend: string, one: LayerCase, step = 2 ** -8): Float32Array => {
  tf.setBackend(backend);
  return tf.tidy(() => {
    const { arrays, batchShape, apply: call } = prepare(one, BATCH);
    const numbers = arrays[0]!;
    const output = (): Float32Array =>
      tf.tidy(() =>
        call([tf.tensor(numbers, batchShape)])
          .dataSync<'float32'>()
          .slice(),
      );
    const { shape } = call([tf.tensor(numbers, batchShape)]);
    const dy = values(shape, 5);
    return Float32Array.from(numbers, (value, i) => {
      numbers[i] = value + step;
      const [above, high] = [output(), numbers[i]!];
      numbers[i] = value - step;
      const [below, low] = [output(), numbers[i]!];
      numbers[i] = value;
      // Sums of products in float64.
      return above.reduce((sum, y, j) => sum + (y - below[j]!) * dy[j]!, 0) / (high - low);
    });
  });
};

/** The largest difference, as a fraction of the largest number of its reference. */
export const largestDifference = (
  found: readonly Float32Array[],
  reference: readonly Float32Array[],
): number =>
  Math.max(
    ...reference.map((numbers, i) => {
      const scale = numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-30);
      // Where one is not a number, so is the difference, which the other then is not.
      const differences = numbers.map((x, j) => Math.abs(found[i]![j]! - x));
      return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences) / scale;
    }),
  );

/** The first line of an error. */
export const firstLine = (error: unknown): string => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line!;
};
