import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { applyConstraints, buildModel, maxNorm, parseModelSpec, readWeights } from '../index.ts';

const constrained = (values: number[], shape: number[], value: number, axis: number | number[]) =>
  tf.tidy(() => [...maxNorm(value, axis).apply(tf.tensor(values, shape)).dataSync()]);
const closeTo = (values: number[]) => values.map((value) => expect.closeTo(value, 6));

/** Largest norm of a row-major [inputs, units] kernel's columns. */
const largestNorm = (kernel: Float32Array, units: number): number => {
  const squares = new Float64Array(units);
  kernel.forEach((weight, i) => {
    squares[i % units]! += weight ** 2;
  });
  return Math.sqrt(Math.max(...squares));
};

describe('maxNorm', () => {
  test('along axis 0: columns (3, 4) and (0.6, 0.8), limit 2', () => {
    expect(constrained([3, 0.6, 4, 0.8], [2, 2], 2, 0)).toEqual(closeTo([1.2, 0.6, 1.6, 0.8]));
  });

  test('along axis 1: rows (3, 4) and (0.6, 0.8), limit 2', () => {
    expect(constrained([3, 4, 0.6, 0.8], [2, 2], 2, 1)).toEqual(closeTo([1.2, 1.6, 0.6, 0.8]));
  });

  test('along axes 0, 1 and 2: each filter of a 2 x 2 x 1 x 2 kernel', () => {
    // Filter 0 is (2, 2, 2, 2), norm 4; filter 1 is (1, 0, 0, 1), norm sqrt 2.
    const kernel = [2, 1, 2, 0, 2, 0, 2, 1];
    expect(constrained(kernel, [2, 2, 1, 2], 2, [0, 1, 2])).toEqual(closeTo([1, 1, 1, 0, 1, 0, 1, 1]));
    // Along axis 0 alone the norms are sqrt 8, sqrt 8 and 1, 1.
    const half = 2 / Math.SQRT2 / Math.SQRT2 / Math.SQRT2;
    expect(constrained(kernel, [2, 2, 1, 2], 2, 0)).toEqual(
      closeTo([2 * half, 1, 2 * half, 0, 2 * half, 0, 2 * half, 1]),
    );
  });

  test('follows the formula to float32: w * clip(n, 0, m) / (1e-7 + n)', () => {
    const f = Math.fround;
    expect(constrained([0.5], [1, 1], 2, 0)).toEqual([f(0.5 * f(0.5 / f(0.5 + f(1e-7))))]);
    expect(constrained([0, 0], [2, 1], 2, 0)).toEqual([0, 0]);
  });
});

describe('applyConstraints', () => {
  test('limits what training with stock fit lets grow: that is why it exists', async () => {
    const limit = 0.5;
    const dense = layers.dense({
      name: 'dense',
      units: 3,
      useBias: false,
      kernelConstraint: maxNorm(limit, 0),
    });
    const model = sequential({ layers: [layers.inputLayer({ inputShape: [4] }), dense] });
    model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    const [inputs, targets] = [tf.ones([8, 4]), tf.fill([8, 3], 10)];
    await model.fit(inputs, targets, { epochs: 5, batchSize: 8, verbose: 0 });
    const norm = async () => largestNorm((await readWeights(model))[0]!.values, 3);
    expect(await norm()).toBeGreaterThan(4 * limit);

    const before = tf.memory().numTensors;
    applyConstraints(model);
    expect(await norm()).toBeLessThanOrEqual(limit * (1 + 1e-6));
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    tf.dispose([inputs, targets]);
  });

  test('reaches hidden kernels and leaves biases and the classifier alone', async () => {
    const spec = parseModelSpec({
      inputShape: [8, 8, 3],
      filters: [4],
      units: [6],
      maxNorm: { value: 0.1, axis: [0, 1, 2] },
    });
    const model = buildModel(spec, 1);
    const initial = await readWeights(model);
    applyConstraints(model);
    const now = await readWeights(model);
    const units: Record<string, number> = { 'conv2d/kernel': 4, 'dense/kernel': 6 };
    now.forEach(({ name, values }, i) => {
      if (units[name] === undefined) expect(values).toEqual(initial[i]!.values);
      else {
        expect(largestNorm(initial[i]!.values, units[name])).toBeGreaterThan(0.2);
        expect(largestNorm(values, units[name])).toBeCloseTo(0.1, 6);
      }
    });
    model.dispose();
  });
});
