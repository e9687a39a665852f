import { randomKey, uniform } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { BatchNormalization, type BatchNormalizationConfig, batchNormalizationsOf } from '../../index.ts';
import { normalizeSlices } from './batch-normalization.ts';

/** -2..2 */
const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from(uniform(randomKey(seed), size), (value) => 4 * value - 2);

/** A layer for inputs of a shape, its variables anything but what they start as. */
const built = (shape: number[], config: BatchNormalizationConfig = {}): BatchNormalization => {
  const layer = new BatchNormalization({ name: 'norm', momentum: 0.9, ...config });
  layer.apply(input({ shape: shape.slice(1) }));
  tf.tidy(() => {
    layer.weights.forEach((weight, i) => {
      const values = tf.tensor(numbers(weight.shape[0]!, 10 + i));
      weight.write(weight.originalName.includes('variance') ? tf.add(tf.abs(values), 0.5) : values);
    });
  });
  return layer;
};

const movingOf = ({ movingMean, movingVariance }: BatchNormalization): number[][] =>
  [movingMean, movingVariance].map((weight) => [...weight.read().dataSync()]);

type Pass = {
  readonly loss: number;
  readonly output: number[];
  readonly dx: number[];
  /** By gamma and beta, as far as the layer has them. */
  readonly weights: number[][];
};

/** A training pass: the output, and the gradients of its product with `cotangent`. */
const passOf = (layer: BatchNormalization, x: tf.Tensor, cotangent: tf.Tensor): Pass =>
  tf.tidy(() => {
    const inputs = tf.variable(x);
    const weights = [layer.gamma, layer.beta].flatMap((one) => (one ? [one.read() as tf.Variable] : []));
    let output: number[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const y = layer.apply(inputs, { training: true }) as tf.Tensor;
      output = [...y.dataSync()];
      return tf.sum(tf.mul(y, cotangent)) as tf.Scalar;
    }, [inputs, ...weights]);
    const gradientOf = ({ name }: tf.Variable) => [...grads[name]!.dataSync()];
    const pass = {
      loss: value.dataSync()[0]!,
      output,
      dx: gradientOf(inputs),
      weights: weights.map(gradientOf),
    };
    inputs.dispose();
    return pass;
  });

const near = (values: readonly number[], share: number) => {
  const largest = Math.max(...values.map(Math.abs));
  return values.map((value) => expect.closeTo(value, -Math.log10(2 * share * largest)));
};

const shapes: readonly [string, number[], BatchNormalizationConfig][] = [
  ['vectors', [7, 5], {}],
  ['images', [3, 4, 2, 3], {}],
  ['images, channels first', [3, 4, 2, 3], { axis: 1 }],
  ['videos', [2, 3, 2, 2, 3], {}],
  ['no gamma', [7, 5], { scale: false }],
  ['no beta', [3, 2, 2, 3], { center: false, axis: 1 }],
  ['neither', [7, 5], { scale: false, center: false }],
];

describe.each(shapes)('%s', (_, shape, config) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const x = () => tf.tensor(numbers(size, 1), shape);
  const cotangent = () => tf.tensor(numbers(size, 2), shape);

  test('training: gradients are slopes', () => {
    const layer = built(shape, config);
    const { dx, weights } = tf.tidy(() => passOf(layer, x(), cotangent()));
    const epsilon = 2 ** -7;
    const slopesOf = (values: Float32Array, lossOf: (moved: Float32Array) => number): number[] =>
      [...values.keys()].map((i) => {
        const at = (by: number) => lossOf(values.map((value, j) => (i === j ? value + by : value)));
        return (at(epsilon) - at(-epsilon)) / (2 * epsilon);
      });
    const slopes = slopesOf(numbers(size, 1), (moved) =>
      tf.tidy(() => passOf(layer, tf.tensor(moved, shape), cotangent()).loss),
    );
    expect(dx).toEqual(near(slopes, 2e-3));
    const trained = [layer.gamma, layer.beta].flatMap((one) => one ?? []);
    trained.forEach((weight, w) => {
      const before = weight.read().dataSync<'float32'>().slice();
      const slopes = slopesOf(before, (moved) =>
        tf.tidy(() => {
          weight.write(tf.tensor(moved));
          return passOf(layer, x(), cotangent()).loss;
        }),
      );
      tf.tidy(() => {
        weight.write(tf.tensor(before));
      });
      expect(weights[w]).toEqual(near(slopes, 2e-3));
    });
    layer.dispose();
  });

  test('slices find what the whole batch does, each by itself, and move the moving statistics once', () => {
    const layer = built(shape, config);
    const whole = tf.tidy(() => passOf(layer, x(), cotangent()));
    const moved = movingOf(layer);
    layer.dispose();

    const rows = shape[0]!;
    const part = built(shape, config);
    const passes = tf.tidy(() => {
      const weights = [part.gamma, part.beta].map((one) => one?.read());
      const slices = [
        [0, 1],
        [1, rows],
      ].map(([from, to]) => {
        const sliceOf = (all: tf.Tensor) => tf.slice(all, from!, to! - from!);
        const [gamma, beta] = weights.map((one) => one?.clone());
        return { x: sliceOf(x()), gamma, beta, cotangent: sliceOf(cotangent()) };
      });
      const inputs = slices.map(({ x, gamma, beta }) => [x, gamma, beta].filter((one) => one !== undefined));
      let outputs: number[][] = [];
      const grads = tf.grads(() => {
        const ys = normalizeSlices(part, slices, undefined);
        outputs = ys.map((y) => [...y.dataSync()]);
        return tf.addN(slices.map(({ cotangent }, i) => tf.sum(tf.mul(ys[i]!, cotangent))));
      })(inputs.flat());
      const values = grads.map((gradient) => [...gradient.dataSync()]);
      return slices.map((_, i) => {
        const [dx, ...weights] = values.splice(0, inputs[i]!.length);
        return { output: outputs[i]!, dx: dx!, weights };
      });
    });
    expect(passes.flatMap(({ output }) => output)).toEqual(near(whole.output, 1e-6));
    expect(passes.flatMap(({ dx }) => dx)).toEqual(near(whole.dx, 2e-6));
    whole.weights.forEach((values, w) => {
      const total = values.map((_, c) => passes.reduce((sum, { weights }) => sum + weights[w]![c]!, 0));
      expect(total).toEqual(near(values, 2e-6));
    });
    movingOf(part).forEach((values, i) => {
      expect(values).toEqual(near(moved[i]!, 1e-6));
    });
    part.dispose();
  });

  test('inference, and training when frozen, is the formula with the moving statistics, which stay', () => {
    const layer = built(shape, config);
    const [mean, variance] = movingOf(layer);
    const [gamma, beta] = [layer.gamma, layer.beta].map((one) => one?.read().dataSync());
    const axis = config.axis ?? shape.length - 1;
    const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
    const expected = [...numbers(size, 1)].map((value, i) => {
      const c = Math.floor(i / stride) % shape[axis]!;
      const normalized = (value - mean![c]!) / Math.sqrt(variance![c]! + layer.epsilon);
      return normalized * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
    });
    const outputOf = (training: boolean) =>
      tf.tidy(() => [...(layer.apply(x(), { training }) as tf.Tensor).dataSync()]);
    expect(outputOf(false)).toEqual(near(expected, 1e-6));
    layer.trainable = false;
    expect(outputOf(true)).toEqual(outputOf(false));
    expect(movingOf(layer)).toEqual([mean, variance]);
    layer.trainable = true;
    expect(outputOf(true)).not.toEqual(outputOf(false));
    expect(movingOf(layer)).not.toEqual([mean, variance]);
    layer.dispose();
  });

  test('no tensor is left', () => {
    const layer = built(shape, config);
    const before = tf.memory().numTensors;
    tf.tidy(() => passOf(layer, x(), cotangent()));
    tf.tidy(() => {
      layer.apply(x(), { training: false });
      layer.apply(x(), { training: true });
    });
    expect(tf.memory().numTensors).toBe(before);
    layer.dispose();
  });
});

describe('in a model', () => {
  const nested = (norm: layers.Layer): { outer: LayersModel; inner: LayersModel } => {
    const inner = sequential({ name: 'inner', layers: [layers.inputLayer({ inputShape: [4] }), norm] });
    const outer = sequential({
      layers: [layers.inputLayer({ inputShape: [4] }), inner, layers.dense({ units: 2 })],
    });
    return { outer, inner };
  };
  const norms: readonly [string, () => layers.Layer][] = [
    ['ours', () => new BatchNormalization({ name: 'norm' })],
    ['the stock layer', () => layers.batchNormalization({ name: 'norm' })],
    [
      'one without variables that are trained',
      () => layers.batchNormalization({ name: 'norm', scale: false, center: false }),
    ],
  ];
  const freeze: readonly [string, (models: ReturnType<typeof nested>, norm: layers.Layer) => void][] = [
    [
      'itself',
      (_, norm) => {
        norm.trainable = false;
      },
    ],
    [
      'the model that it is in',
      ({ inner }) => {
        inner.trainable = false;
      },
    ],
    [
      'the whole model',
      ({ outer }) => {
        outer.trainable = false;
      },
    ],
  ];

  describe.each(norms)('%s', (_, create) => {
    test.each(freeze)('frozen, %s, does not move, and moves again when it no longer is', (_, apply) => {
      const norm = create();
      const models = nested(norm);
      const { outer, inner } = models;
      expect(batchNormalizationsOf(outer)).toEqual([{ name: 'inner/norm', layer: norm }]);
      expect(norm).toBeInstanceOf(BatchNormalization);
      apply(models, norm);
      expect(batchNormalizationsOf(outer).map(({ layer }) => layer.isFrozen)).toEqual([true]);
      const before = movingOf(norm as BatchNormalization);
      const outputsOf = (training: boolean) =>
        tf.tidy(() => [
          ...(outer.apply(tf.tensor(numbers(20, 3), [5, 4]), { training }) as tf.Tensor).dataSync(),
        ]);
      expect(outputsOf(true)).toEqual(outputsOf(false));
      expect(movingOf(norm as BatchNormalization)).toEqual(before);
      for (const one of [outer, inner, norm]) one.trainable = true;
      expect(batchNormalizationsOf(outer).map(({ layer }) => layer.isFrozen)).toEqual([false]);
      outputsOf(true);
      expect(movingOf(norm as BatchNormalization)).not.toEqual(before);
      outer.dispose();
    });
  });
});
