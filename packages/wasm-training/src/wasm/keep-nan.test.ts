import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Importing the layers library registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});
afterAll(() => tf.setBackend('cpu'));

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** NaN as JavaScript has it, and as x86 makes it of 0 / 0: its sign bit is set. */
const signs = { positive: 0x7fc00000, negative: 0xffc00000 } as const;
type Sign = keyof typeof signs;

const valuesOn = (backend: string, compute: () => tf.Tensor): number[] => {
  tf.setBackend(backend);
  return tf.tidy(() => [...compute().dataSync()]);
};

type Shape4D = [number, number, number, number];
type Make = (shape: number[], values: readonly number[]) => tf.Tensor4D;
/** Tensors whose NaNs have this sign. */
const makeWith =
  (sign: Sign): Make =>
  (shape, values) => {
    const array = Float32Array.from(values);
    const bits = new Uint32Array(array.buffer);
    for (const [i, value] of array.entries()) if (Number.isNaN(value)) bits[i] = signs[sign];
    return tf.tensor<tf.Rank>(array, shape) as tf.Tensor4D;
  };

/** 0.5 everywhere but at some places. */
const mostly = (shape: number[], places: Readonly<Record<number, number>>, rest = 0.5): number[] =>
  Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => places[i] ?? rest);

/** Twenty numbers, so that vectors and what is left of them are both met. */
const row = [nan, -1, 2, 0, inf, -inf, 3, nan, 1, -nan, 7, 5, -6, 0.5, nan, -2, 8, nan, nan, 1];
const inRow = (operation: (x: tf.Tensor) => tf.Tensor) => (make: Make) => operation(make([row.length], row));

const image: Shape4D = [1, 3, 3, 2];
const imageOf = (make: Make) => make(image, mostly(image, { 5: nan, 8: inf }));
const filters = (make: Make) => make([2, 2, 2, 3], mostly([2, 2, 2, 3], {}));
const bias = (make: Make) => make([3], [0.1, -9, 0.3]) as unknown as tf.Tensor1D;
type Activation = 'linear' | 'relu' | 'relu6' | 'sigmoid' | 'elu';
const fusedMatMul = (activation: Activation) => (make: Make) =>
  tf.fused.matMul({
    a: make([2, 2], [nan, 1, 1, -1]) as unknown as tf.Tensor2D,
    b: make([2, 3], [1, 2, 3, 4, 5, 6]) as unknown as tf.Tensor2D,
    bias: bias(make),
    activation,
  });
const fusedConvolution = (activation: Activation) => (make: Make) =>
  tf.fused.conv2d({
    ...{ x: imageOf(make), filter: filters(make), bias: bias(make), activation },
    ...{ strides: 1, pad: 'valid' },
  });
const gradient =
  (f: (x: tf.Tensor) => tf.Tensor, x: (make: Make) => tf.Tensor, dy: (make: Make) => tf.Tensor) =>
  (make: Make) =>
    tf.grad(f)(x(make), dy(make));

/** A convolution that the kernels for mostly zeros take: what is multiplied by 0 is not finite. */
const wide: Shape4D = [1, 4, 4, 16];
const wideFilter: Shape4D = [3, 3, 16, 16];
const sparseConvolution = (x: readonly number[], filter: readonly number[]) => (make: Make) =>
  // XNNPACK multiplies the zeros of a padding too.
  tf.conv2d(make(wide, x), make(wideFilter, filter), 1, 'valid');

const convolve =
  (pad: 'valid' | 'same') =>
  (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad);
const convolutionGradient =
  (which: 0 | 1, x: readonly number[], filter: readonly number[], dy: readonly number[]) => (make: Make) =>
    tf.grads(convolve('same'))([make(wide, x), make(wideFilter, filter)], make(wide, dy))[which]!;
const halves = mostly(wide, {});
const zeros = mostly(wide, {}, 0);
const filterHalves = mostly(wideFilter, {});

const cases: Record<string, (make: Make) => tf.Tensor> = {
  relu: inRow(tf.relu),
  relu6: inRow(tf.relu6),
  'leaky relu': inRow((x) => tf.leakyRelu(x)),
  elu: inRow(tf.elu),
  sigmoid: inRow(tf.sigmoid),
  step: inRow((x) => tf.step(x)),
  clip: inRow((x) => tf.clipByValue(x, 0, 1)),
  'clip to no bounds': inRow((x) => tf.clipByValue(x, -inf, inf)),
  'maximum, NaN first': inRow((x) => tf.maximum(x, 1)),
  'maximum, NaN second': inRow((x) => tf.maximum(tf.scalar(1), x)),
  'maximum of two with NaN': inRow((x) => tf.maximum(tf.reverse(x), x)),
  'minimum, NaN second': inRow((x) => tf.minimum(tf.scalar(1), x)),
  'sum of rows': (make) => tf.sum(make([2, 10], row), 0),
  'largest of rows': (make) => tf.max(make([5, 4], row), -1),
  'softmax of rows': (make) => tf.softmax(make([5, 4], row)),
  'average pooling': (make) => tf.avgPool(imageOf(make), 2, 1, 'same'),
  'fused matMul': fusedMatMul('linear'),
  'fused matMul and relu': fusedMatMul('relu'),
  'fused matMul and relu6': fusedMatMul('relu6'),
  'fused matMul and sigmoid': fusedMatMul('sigmoid'),
  'fused matMul and elu': fusedMatMul('elu'),
  'matMul of 0 and NaN': (make) => tf.matMul(make([1, 2], [0, 1]), make([2, 2], [nan, inf, 1, 1])),
  'transposed matMul of 0 and NaN': (make) =>
    tf.matMul(make([2, 1], [0, 1]), make([2, 2], [nan, inf, 1, 1]), true, true),
  'fused convolution': fusedConvolution('linear'),
  'fused convolution and relu': fusedConvolution('relu'),
  'fused convolution and relu6': fusedConvolution('relu6'),
  'fused depthwise convolution and relu': (make) =>
    tf.fused.depthwiseConv2d({
      ...{ x: imageOf(make), filter: make([2, 2, 2, 1], mostly([2, 2, 2, 1], {})) },
      ...{ strides: 1, pad: 'valid', activation: 'relu' },
    }),
  'a convolution of zeros and one NaN': sparseConvolution(mostly(wide, { 100: nan }, 0), filterHalves),
  'a convolution of zeros and one infinity': sparseConvolution(mostly(wide, { 100: -inf }, 0), filterHalves),
  'a convolution of zeros by a filter with a NaN': sparseConvolution(
    mostly(wide, { 3: 1 }, 0),
    mostly(wideFilter, { 1000: nan, 2000: inf }),
  ),
  'gradient of relu, NaN in its input': gradient(
    tf.relu,
    (make) => make([row.length], row),
    (make) => make([row.length], mostly([row.length], {})),
  ),
  'gradient of relu, NaN in the slope': gradient(
    tf.relu,
    (make) => make([row.length], mostly([row.length], { 1: -1, 4: -1 })),
    (make) => make([row.length], row),
  ),
  'filter gradient, NaN in x under a slope of 0': convolutionGradient(
    1,
    mostly(wide, { 100: nan, 7: inf }),
    filterHalves,
    zeros,
  ),
  'filter gradient, NaN in the slope': convolutionGradient(
    1,
    halves,
    filterHalves,
    mostly(wide, { 100: nan, 3: inf }, 0),
  ),
  'input gradient, NaN in the filter under a slope of 0': convolutionGradient(
    0,
    halves,
    mostly(wideFilter, { 1000: nan, 7: inf }),
    zeros,
  ),
  'input gradient, NaN in the slope': convolutionGradient(
    0,
    halves,
    filterHalves,
    mostly(wide, { 100: nan, 3: inf }, 0),
  ),
};

describe.each(Object.keys(signs) as Sign[])('NaN of %s sign, on wasm as on the cpu backend', (sign) => {
  test.each(Object.entries(cases))('%s', (_, compute) => {
    const [cpu, wasm] = ['cpu', 'wasm'].map((backend) => valuesOn(backend, () => compute(makeWith(sign))));
    expect(cpu!.some((value) => !Number.isFinite(value))).toBe(true);
    expect(wasm).toEqual(cpu!.map((value) => (Number.isFinite(value) ? expect.closeTo(value, 5) : value)));
  });

  // As numpy.max and numpy.argmax; the stock cpu backend leaves NaN out.
  const pooled = [1, 4, 4, 5];
  const values = mostly(pooled, { 0: nan, 5: nan, 20: nan, 25: nan, 11: nan, 12: 9, 79: nan, 2: -inf }, 1);
  const channel = (c: number, numbers: readonly number[]) => numbers.filter((_, i) => i % 5 === c);

  test('max pooling of a window with a NaN is NaN', () => {
    const make = makeWith(sign);
    const found = valuesOn('wasm', () => tf.maxPool(make(pooled, values), 2, 2, 'valid'));
    expect(channel(0, found)).toEqual([nan, 1, 1, 1]);
    expect(channel(1, found)).toEqual([1, nan, 1, 1]);
    expect(channel(2, found)).toEqual([1, 9, 1, 1]);
    expect(channel(4, found)).toEqual([1, 1, 1, nan]);
  });

  test('its gradient goes to the first NaN', () => {
    const make = makeWith(sign);
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
    const slopes = mostly([1, 2, 2, 5], {}, 3);
    const found = valuesOn('wasm', () => tf.grad(pool)(make(pooled, values), make([1, 2, 2, 5], slopes)));
    // Windows begin at places 0, 2, 8 and 10 of the 4 x 4.
    expect(channel(0, found)).toEqual([3, 0, 3, 0, 0, 0, 0, 0, 3, 0, 3, 0, 0, 0, 0, 0]);
    expect(channel(4, found)).toEqual([3, 0, 3, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 3]);
  });

  test('the index of the largest is that of the first of those that are numbers, 0 without one', () => {
    const make = makeWith(sign);
    const rows = () => tf.argMax(make([3, 3], [nan, nan, nan, 1, nan, 2, -inf, -inf, -inf]), -1);
    expect(valuesOn('wasm', rows)).toEqual([0, 2, 0]);
  });
});
