import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { values } from '../cases.testing.ts';
import { largestError } from './largest-error.testing.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

/** Runs a kernel on float32 arrays of these shapes. */
const run = (
  kernel: string,
  inputs: Readonly<Record<string, readonly [numbers: Float32Array, shape: number[]]>>,
  attrs: tf.NamedAttrMap = {},
): Float32Array[] =>
  tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, [numbers, shape]]): [string, tf.Tensor] => [
        name,
        tf.tensor(numbers, shape),
      ]),
    );
    const found = tf.engine().runKernel(kernel, tensors, attrs) as unknown as tf.Tensor[];
    return found.map((tensor) => tensor.dataSync<'float32'>().slice());
  });

const forward = (
  x: Float32Array,
  features: number,
  gamma: Float32Array,
  beta: Float32Array,
  epsilon = 0.001,
) =>
  run(
    'NormalizeRows',
    { x: [x, [x.length / features, features]], gamma: [gamma, [features]], beta: [beta, [features]] },
    { epsilon },
  ) as [y: Float32Array, mean: Float32Array, inverse: Float32Array];

const backward = (
  dy: Float32Array,
  x: Float32Array,
  features: number,
  { gamma, mean, inverse }: Record<'gamma' | 'mean' | 'inverse', Float32Array>,
) => {
  const [rows, shape] = [x.length / features, [x.length / features, features]];
  return run('NormalizeRowsGradient', {
    ...{ dy: [dy, shape], x: [x, shape], gamma: [gamma, [features]] },
    ...{ mean: [mean, [rows]], inverse: [inverse, [rows]] },
  }) as [dx: Float32Array, dgamma: Float32Array, dbeta: Float32Array];
};

const average = (numbers: readonly number[]): number =>
  numbers.reduce((total, one) => total + one, 0) / numbers.length;

/** Mean and inverse of each row, and the normalized numbers, in float64. */
const exact = (x: Float32Array, features: number, epsilon = 0.001) => {
  const rows = Array.from({ length: x.length / features }, (_, row) => [
    ...x.subarray(row * features, (row + 1) * features),
  ]);
  const means = rows.map(average);
  const inverses = rows.map(
    (row, i) => 1 / Math.sqrt(average(row.map((value) => (value - means[i]!) ** 2)) + epsilon),
  );
  const xhat = rows.map((row, i) => row.map((value) => (value - means[i]!) * inverses[i]!));
  return { means, inverses, xhat };
};

// Whole vectors of features and rests; one row, one block of rows and several, rows longer than a block.
const sizes = [
  [5, 1],
  [1, 5],
  [7, 3],
  [300, 8],
  [130, 21],
  [700, 64],
  [3, 5000],
] as const;

describe.each(sizes)('%d rows of %d features', (rows, features) => {
  const [x, dy] = [values([rows, features], 1), values([rows, features], 2)];
  const [gamma, beta] = [values([features], 3), values([features], 4)];
  const { means, inverses, xhat } = exact(x, features);

  test('the normalized numbers, mean and inverse', () => {
    const [y, mean, inverse] = forward(x, features, gamma, beta);
    const expected = xhat.flatMap((row) => row.map((value, f) => value * gamma[f]! + beta[f]!));
    expect(largestError(y, expected)).toBeLessThan(3e-6);
    expect(largestError(mean, means)).toBeLessThan(1e-7);
    expect(largestError(inverse, inverses) / Math.max(...inverses)).toBeLessThan(2e-7);
  });

  test('the gradients', () => {
    const [, mean, inverse] = forward(x, features, gamma, beta);
    const [dx, dgamma, dbeta] = backward(dy, x, features, { gamma, mean, inverse });
    const slopes = xhat.map((row, i) => row.map((_, f) => dy[i * features + f]! * gamma[f]!));
    const expected = xhat.flatMap((row, i) => {
      const meanOfSlopes = average(slopes[i]!);
      const along = average(row.map((value, f) => value * slopes[i]![f]!));
      return row.map((value, f) => inverses[i]! * (slopes[i]![f]! - meanOfSlopes - value * along));
    });
    const ofColumns = (of: (value: number, slope: number) => number) =>
      Array.from({ length: features }, (_, f) =>
        xhat.reduce((sum, row, i) => sum + of(row[f]!, dy[i * features + f]!), 0),
      );
    expect(largestError(dx, expected) / Math.max(...inverses)).toBeLessThan(2e-6);
    expect(
      largestError(
        dgamma,
        ofColumns((value, slope) => value * slope),
      ) / Math.sqrt(rows),
    ).toBeLessThan(2e-6);
    expect(
      largestError(
        dbeta,
        ofColumns((_, slope) => slope),
      ) / Math.sqrt(rows),
    ).toBeLessThan(1e-6);
  });

  test('a NaN stays in its row, and in the sums of columns', () => {
    const broken = x.slice();
    broken[0] = Number.NaN;
    const [y, mean, inverse] = forward(broken, features, gamma, beta);
    const nans = (found: Float32Array) => [...found.keys()].filter((i) => Number.isNaN(found[i]));
    const firstRow = Array.from({ length: features }, (_, f) => f);
    expect([nans(y), nans(mean), nans(inverse)]).toEqual([firstRow, [0], [0]]);
    const [dx, dgamma, dbeta] = backward(dy, broken, features, { gamma, mean, inverse });
    expect([nans(dx), nans(dgamma), nans(dbeta)]).toEqual([firstRow, firstRow, []]);
  });

  test('no tensor and no heap is left', () => {
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const all = () => {
      const [, mean, inverse] = forward(x, features, gamma, beta);
      backward(dy, x, features, { gamma, mean, inverse });
    };
    all();
    const before = [tf.memory().numTensors, heap()];
    for (let i = 0; i < 20; i++) all();
    expect([tf.memory().numTensors, heap()]).toEqual(before);
  });
});

test.each([1, 100, 10_000])('numbers around %d keep their digits', (center) => {
  const [rows, features] = [20, 300];
  const x = values([rows, features], 1).map((value) => value + center);
  const [ones, zeros] = [new Float32Array(features).fill(1), new Float32Array(features)];
  const [, , inverse] = forward(x, features, ones, zeros);
  expect(largestError(inverse, exact(x, features).inverses)).toBeLessThan(1e-6);
});

test('rows without features have empty results', () => {
  const none = new Float32Array();
  const [dx, dgamma, dbeta] = run('NormalizeRowsGradient', {
    ...{ dy: [none, [3, 0]], x: [none, [3, 0]], gamma: [none, [0]] },
    ...{ mean: [new Float32Array(3), [3]], inverse: [new Float32Array(3), [3]] },
  }) as [Float32Array, Float32Array, Float32Array];
  expect([dx.length, dgamma.length, dbeta.length]).toEqual([0, 0, 0]);
});

test('products beyond float32 are not infinite', () => {
  const [x, dy] = [Float32Array.of(1e30, -2e30, 3e30, 5e30), Float32Array.of(1e9, 2e9, -3e9, 1e9)];
  const [ones, zeros] = [new Float32Array(4).fill(1), new Float32Array(4)];
  const [, mean, inverse] = forward(x, 4, ones, zeros);
  const [dx] = backward(dy, x, 4, { gamma: ones, mean, inverse });
  expect([...dx].every(Number.isFinite)).toBe(true);
});

test('equal numbers are normalized to beta', () => {
  const [ones, beta] = [new Float32Array(9).fill(1), values([9], 1)];
  const [y] = forward(new Float32Array(5 * 9).fill(0.1), 9, ones, beta);
  expect(largestError(y, Array.from({ length: 5 }, () => [...beta]).flat())).toBeLessThan(1e-6);
});
