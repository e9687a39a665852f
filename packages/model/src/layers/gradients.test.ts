import type { LayerInput } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { buildModel, parseModelSpec, setDropoutPosition, trainedWeights } from '../index.ts';

const STEP = 2 ** -6;

/** A function of all numbers of some tensors, with smooth weights, so that no term hides another. */
const projected = (output: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(output, tf.sin(tf.reshape(tf.range(1, output.size + 1), output.shape))));

/**
 * Compares the slope of a layer's output in random directions, by its input and by each of its variables, with central
 * differences.
 */
const expectSlopes = (layer: LayerInput, inputShape: [number, number, number]): void => {
  const model = buildModel(
    parseModelSpec({
      inputShape,
      numClasses: 2,
      layers: [
        { ...layer, name: 'tried' },
        ...(layer.kind.startsWith('global') ? [] : [{ kind: 'flatten' } as const]),
        { kind: 'dense', units: 2 },
      ],
    }),
    5,
  );
  const part = modelOf({ inputs: model.inputs, outputs: model.getLayer('tried').output as SymbolicTensor });
  const own = trainedWeights(part).map(({ variable }) => variable);
  const input = tf.variable(tf.randomNormal([3, ...inputShape], 0, 1, 'float32', 8));
  const value = () => {
    setDropoutPosition(part, { step: 2 });
    return projected(part.apply(input, { training: true }) as tf.Tensor);
  };
  tf.tidy(() => {
    const { grads } = tf.variableGrads(value, [input, ...own]);
    for (const variable of [input, ...own]) {
      for (const seed of [1, 2, 3]) {
        const start = tf.clone(variable);
        const direction = tf.randomNormal(variable.shape, 0, 1, 'float32', seed);
        const at = (step: number): number => {
          variable.assign(tf.add(start, tf.mul(direction, step)) as typeof variable);
          return value().dataSync()[0]!;
        };
        const difference = (at(STEP) - at(-STEP)) / (2 * STEP);
        variable.assign(start as typeof variable);
        const slope = tf.sum(tf.mul(grads[variable.name]!, direction)).dataSync()[0]!;
        const size = Math.sqrt(tf.sum(tf.square(grads[variable.name]!)).dataSync()[0]!);
        expect(size, variable.name).toBeGreaterThan(0);
        // Its error is of the order of STEP squared.
        expect(Math.abs(difference - slope) / size, `${variable.name}, direction ${seed}`).toBeLessThan(5e-3);
      }
    }
  });
  input.dispose();
  model.dispose();
};

describe('a gradient of our own is that of small differences', () => {
  test.each<[string, LayerInput, [number, number, number]]>([
    ['layer normalization', { kind: 'layer_normalization' }, [3, 4, 6]],
    ['layer normalization without gamma', { kind: 'layer_normalization', scale: false }, [3, 4, 6]],
    ['layer normalization without beta', { kind: 'layer_normalization', center: false }, [3, 4, 6]],
    ['layer normalization of 70 channels', { kind: 'layer_normalization' }, [2, 3, 70]],
    ['average of windows', { kind: 'average_pooling2d', poolSize: 3, strides: 2 }, [7, 8, 2]],
    [
      'average of windows that reach beyond the image',
      { kind: 'average_pooling2d', poolSize: 3, strides: 2, padding: 'same' },
      [7, 8, 2],
    ],
    ['largest number of a map', { kind: 'global_max_pooling2d' }, [4, 4, 3]],
    ['mean of a map', { kind: 'global_average_pooling2d' }, [4, 4, 3]],
    ['batch normalization without gamma', { kind: 'batch_normalization', scale: false }, [4, 4, 3]],
    ['a strided convolution', { kind: 'conv2d', filters: 4, strides: 2, activation: 'gelu' }, [7, 8, 2]],
  ])('%s', (_, layer, inputShape) => expectSlopes(layer, inputShape));
});

test('places that share the largest number of a map share its gradient, as in TensorFlow', () => {
  const model = buildModel(
    parseModelSpec({
      inputShape: [2, 2, 2],
      numClasses: 2,
      layers: [
        { kind: 'activation', activation: 'relu' },
        { kind: 'global_max_pooling2d', name: 'largest' },
        { kind: 'dense', units: 2 },
      ],
    }),
    1,
  );
  const part = modelOf({
    inputs: model.inputs,
    outputs: model.getLayer('largest').output as SymbolicTensor,
  });
  tf.tidy(() => {
    const gradient = tf.grad((x) => tf.sum(part.apply(x) as tf.Tensor));
    // Of the first map three numbers are largest, of the second one.
    const found = gradient(tf.tensor([5, 1, 5, 2, 5, 4, 0, 3], [1, 2, 2, 2])).dataSync();
    expect([...found]).toEqual([1 / 3, 0, 1 / 3, 0, 1 / 3, 1, 0, 0].map((value) => expect.closeTo(value, 6)));
  });
  model.dispose();
});
