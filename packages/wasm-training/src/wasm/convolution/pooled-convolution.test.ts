import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Importing the layers library registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { values } from '../../cases.testing.ts';
import { replaceCpuKernels } from '../../cpu.ts';
import { registerVariant } from '../variant.testing.ts';

type Shape4D = [number, number, number, number];

beforeAll(async () => {
  registerVariant();
  // Stock max pooling ignores NaN.
  replaceCpuKernels();
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => tf.setBackend('cpu'));

interface Case {
  readonly x: Shape4D;
  readonly filter: Shape4D;
  readonly pad: 'valid' | 'same';
  readonly poolSize: [number, number];
}

/** The operands of a case, as plain arrays. */
interface Operands {
  readonly x: Float32Array;
  readonly filter: Float32Array;
  readonly bias: Float32Array;
}

const operandsOf = ({ x, filter }: Case, density = 1): Operands => ({
  x: values(x, 1, density),
  filter: values(filter, 2),
  bias: values([filter[3]], 3),
});

/** Convolves, pools and applies ReLU by stock kernels of the cpu backend; and the gradients for a given one of the output. */
const reference = (
  { x, filter, pad, poolSize }: Case,
  operands: Operands,
  dyOf: (y: tf.Tensor) => tf.Tensor,
) => {
  tf.setBackend('cpu');
  return tf.tidy(() => {
    const inputs = [
      tf.tensor4d(operands.x, x),
      tf.tensor4d(operands.filter, filter),
      tf.tensor1d(operands.bias),
    ] as const;
    const compute = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
      tf.relu(
        tf.maxPool(
          tf.add(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad), c) as tf.Tensor4D,
          poolSize,
          poolSize,
          'valid',
        ),
      );
    const y = compute(...inputs);
    const gradients = tf.grads(compute)([...inputs], dyOf(y));
    return { shape: y.shape, results: [y, ...gradients].map((tensor) => tensor.dataSync().slice()) };
  });
};

/** The same by the kernels in one. */
const fused = ({ x, filter, pad, poolSize }: Case, operands: Operands, dyOf: (y: tf.Tensor) => tf.Tensor) => {
  tf.setBackend('wasm');
  return tf.tidy(() => {
    const run = (name: string, inputs: tf.NamedTensorMap, own: object = {}) =>
      tf.engine().runKernel(name, inputs, { pad, poolSize, ...own } as never) as tf.Tensor;
    const inputs = {
      x: tf.tensor4d(operands.x, x),
      filter: tf.tensor4d(operands.filter, filter),
      bias: tf.tensor1d(operands.bias),
    };
    const [y, winners] = run('FusedConv2DMaxPool', inputs) as unknown as [tf.Tensor, tf.Tensor];
    const passed = { dy: dyOf(y), winners };
    const gradients = [
      run('FusedConv2DMaxPoolBackpropInput', { ...passed, filter: inputs.filter }, { inputShape: x }),
      run('FusedConv2DMaxPoolBackpropFilter', { ...passed, x: inputs.x }, { filterShape: filter }),
      run('FusedConv2DMaxPoolBackpropBias', passed),
    ];
    return { shape: y.shape, results: [y, ...gradients].map((tensor) => tensor.dataSync().slice()) };
  });
};

const cases: Case[] = [
  { x: [2, 9, 9, 3], filter: [3, 3, 3, 64], pad: 'valid', poolSize: [2, 2] },
  { x: [1, 15, 15, 64], filter: [3, 3, 64, 64], pad: 'valid', poolSize: [2, 2] },
  { x: [2, 10, 7, 16], filter: [3, 2, 16, 17], pad: 'same', poolSize: [3, 2] },
  { x: [2, 8, 8, 5], filter: [5, 5, 5, 6], pad: 'same', poolSize: [1, 2] },
  { x: [1, 6, 6, 40], filter: [1, 1, 40, 35], pad: 'valid', poolSize: [2, 3] },
  { x: [1, 5, 5, 1], filter: [2, 2, 1, 1], pad: 'valid', poolSize: [4, 4] },
  { x: [1, 33, 40, 3], filter: [3, 3, 3, 33], pad: 'same', poolSize: [2, 2] },
  { x: [1, 17, 17, 2], filter: [2, 2, 2, 4], pad: 'valid', poolSize: [15, 16] },
];

describe.each(cases)('x $x filter $filter pad $pad pool $poolSize', (one) => {
  test.each([
    [1, 1],
    [0.4, 0.3],
    [0.1, 0.02],
  ])(
    'of input density %d and gradient density %d: output and gradients are those of the cpu backend',
    (density, dyDensity) => {
      const operands = operandsOf(one, density);
      const dyOf = (y: tf.Tensor) => tf.tensor(values(y.shape, 4, dyDensity), y.shape);
      const [expected, found] = [reference(one, operands, dyOf), fused(one, operands, dyOf)];
      expect(found.shape).toEqual(expected.shape);
      for (const [i, numbers] of expected.results.entries()) {
        const scale = Math.max(1e-3, ...numbers.map(Math.abs));
        const off = Math.max(...numbers.map((number, j) => Math.abs(number - found.results[i]![j]!)));
        expect(off / scale).toBeLessThan(2e-6);
      }
    },
  );
});

describe('of numbers that are not finite', () => {
  const one = cases[0]!;
  // The gradient of a NaN is NaN, whatever comes after it.
  const dyOf = (y: tf.Tensor) => {
    const numbers = values(y.shape, 4, 0.5);
    const outputs = y.dataSync();
    return tf.tensor(
      numbers.map((number, i) => (Number.isNaN(outputs[i]) ? Number.NaN : number)),
      y.shape,
    );
  };

  test.each<[string, (operands: Operands) => void]>([
    ['NaN in the input', ({ x }) => x.fill(Number.NaN, 100, 101)],
    ['infinity in the input', ({ x }) => x.fill(Number.POSITIVE_INFINITY, 200, 201)],
    ['NaN in the filter', ({ filter }) => filter.fill(Number.NaN, 5, 6)],
    ['infinity in the filter', ({ filter }) => filter.fill(Number.NEGATIVE_INFINITY, 5, 6)],
    ['NaN in the bias', ({ bias }) => bias.fill(Number.NaN, 7, 8)],
  ])('%s: whatever is NaN on the cpu backend is NaN', (_, spoil) => {
    const operands = operandsOf(one, 0.4);
    spoil(operands);
    const [expected, found] = [reference(one, operands, dyOf), fused(one, operands, dyOf)];
    const placesOf = (numbers: ArrayLike<number>) =>
      Array.from(numbers, (number) => !Number.isFinite(number));
    // The output, and the gradients of input and filter.
    for (const i of [0, 1, 2]) {
      const [wanted, got] = [placesOf(expected.results[i]!), placesOf(found.results[i]!)];
      expect(got.filter((isNot, j) => wanted[j] && !isNot)).toEqual([]);
    }
    expect(placesOf(expected.results[0]!)).toContain(true);
  });
});

// One by one, a vector, a vector and a rest, a whole block, and a block and more.
test.each([1, 4, 6, 32, 40])(
  'of %d channels, the first of equal numbers wins, and ReLU passes no gradient on at 0',
  (channels) => {
    const one: Case = { x: [1, 2, 4, 1], filter: [1, 1, 1, channels], pad: 'valid', poolSize: [2, 2] };
    const operands = {
      x: Float32Array.of(1, 3, 0, -1, 3, 3, -2, 0),
      filter: new Float32Array(channels).fill(1),
      bias: new Float32Array(channels),
    };
    const { results } = fused(one, operands, (y) => tf.onesLike(y));
    expect(results[0]).toEqual(Float32Array.from({ length: 2 * channels }, (_, i) => (i < channels ? 3 : 0)));
    expect(results[1]).toEqual(Float32Array.of(0, channels, 0, 0, 0, 0, 0, 0));
    expect(results[3]).toEqual(new Float32Array(channels).fill(1));
  },
);
