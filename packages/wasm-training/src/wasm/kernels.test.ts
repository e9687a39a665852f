import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Importing the layers library registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convCases, poolCases, values } from '../cases.testing.ts';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

afterAll(() => tf.setBackend('cpu'));

/** Computes on both backends, from plain arrays, and returns the results of each. */
const onBoth = (compute: () => tf.Tensor): { wasm: Float32Array; cpu: Float32Array } => {
  const on = (backend: string): Float32Array => {
    tf.setBackend(backend);
    return tf.tidy(() => compute().dataSync() as Float32Array).slice();
  };
  return { cpu: on('cpu'), wasm: on('wasm') };
};

/** Largest difference, as a fraction of the largest reference value. */
const relativeError = ({ wasm, cpu }: { wasm: Float32Array; cpu: Float32Array }): number => {
  expect(wasm.length).toBe(cpu.length);
  let error = 0;
  let scale = 0;
  for (let i = 0; i < cpu.length; i++) {
    // A NaN makes the error NaN, which is below no bound.
    error = Math.max(error, Math.abs(wasm[i]! - cpu[i]!));
    scale = Math.max(scale, Math.abs(cpu[i]!));
  }
  return error / scale;
};

describe.each(convCases)(
  'conv2d x $x filter $filter strides $strides pad $pad',
  ({ x, filter, strides, pad }) => {
    const outShape = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad as 'valid').outShape;

    // Dense, sparse, nearly empty and empty: the kernels skip zeros.
    test.each([1, 0.5, 0.12, 0.01])('gradients at density %d agree with the cpu backend', (density) => {
      const dy = values(outShape, 3, density);
      dy[0] = 1;
      const gradient = (which: 0 | 1): tf.Tensor => {
        const inputs = [tf.tensor4d(values(x, 1), x), tf.tensor4d(values(filter, 2), filter)] as const;
        const conv = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
          tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad as 'valid');
        return tf.grads(conv)([...inputs], tf.tensor(dy, outShape))[which]!;
      };
      expect(relativeError(onBoth(() => gradient(0)))).toBeLessThan(2e-6);
      expect(relativeError(onBoth(() => gradient(1)))).toBeLessThan(2e-6);
    });

    test.each([1, 0.4])('forward pass at input density %d agrees with the cpu backend', (density) => {
      const forward = (): tf.Tensor =>
        tf.conv2d(
          tf.tensor4d(values(x, 1, density), x),
          tf.tensor4d(values(filter, 2), filter),
          strides,
          pad as 'valid',
        );
      expect(relativeError(onBoth(forward))).toBeLessThan(2e-6);
    });

    test.each([
      [1, 'relu'],
      [0.4, 'relu'],
      [0.4, 'linear'],
    ] as const)(
      'fused with a bias at input density %d, %s, agrees with the cpu backend',
      (density, activation) => {
        const channels = filter[3];
        const forward = (): tf.Tensor =>
          tf.fused.conv2d({
            x: tf.tensor4d(values(x, 1, density), x),
            filter: tf.tensor4d(values(filter, 2), filter),
            bias: tf.tensor1d(values([channels], 4)),
            strides,
            pad: pad as 'valid',
            activation,
          });
        expect(relativeError(onBoth(forward))).toBeLessThan(2e-6);
      },
    );

    test('gradients agree with finite differences', () => {
      tf.setBackend('wasm');
      const dy = values(outShape, 3);
      const xValues = values(x, 1);
      const filterValues = values(filter, 2);
      const output = (a: Float32Array, b: Float32Array): number =>
        tf.tidy(() => {
          const y = tf.conv2d(tf.tensor4d(a, x), tf.tensor4d(b, filter), strides, pad as 'valid').dataSync();
          return (y as Float32Array).reduce((sum, value, i) => sum + value * dy[i]!, 0);
        });
      const [dx, dFilter] = tf.tidy(() => {
        const conv = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
          tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad as 'valid');
        const gradients = tf.grads(conv)(
          [tf.tensor(xValues, x), tf.tensor(filterValues, filter)],
          tf.tensor(dy, outShape),
        );
        return gradients.map((gradient) => gradient.dataSync());
      });
      // A convolution is linear in each operand, so a unit step leaves no truncation error.
      const difference = (array: Float32Array, index: number, at: () => number): number => {
        const value = array[index]!;
        array[index] = value + 1;
        const above = at();
        array[index] = value - 1;
        const below = at();
        array[index] = value;
        return (above - below) / 2;
      };
      for (const fraction of [0, 0.3, 0.71, 0.999]) {
        const xIndex = Math.floor(fraction * xValues.length);
        const filterIndex = Math.floor(fraction * filterValues.length);
        const at = (): number => output(xValues, filterValues);
        expect(dx![xIndex]).toBeCloseTo(difference(xValues, xIndex, at), 3);
        expect(dFilter![filterIndex]).toBeCloseTo(difference(filterValues, filterIndex, at), 3);
      }
    });
  },
);

describe('what is not supported is refused', () => {
  test('gradients of dilated convolutions', () => {
    tf.setBackend('wasm');
    const gradient = (): tf.Tensor =>
      tf.tidy(() =>
        tf.grad((w: tf.Tensor) =>
          tf.conv2d(tf.ones([1, 8, 8, 2]) as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid', 'NHWC', 2),
        )(tf.ones([3, 3, 2, 2])),
      );
    expect(gradient).toThrow(/dilation/);
  });

  test('channels first', () => {
    const inputs = { x: tf.ones([1, 2, 8, 8]), dy: tf.ones([1, 2, 6, 6]) };
    const attrs = { strides: 1, pad: 'valid', dataFormat: 'NCHW', filterShape: [3, 3, 2, 2] };
    expect(() => tf.engine().runKernel('Conv2DBackpropFilter', inputs, attrs)).toThrow(
      /expected dataFormat NHWC, got NCHW/,
    );
    tf.dispose(inputs);
  });

  test('integers', () => {
    const inputs = { x: tf.ones([1, 8, 8, 2], 'int32'), dy: tf.ones([1, 6, 6, 2]) };
    const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [3, 3, 2, 2] };
    expect(() => tf.engine().runKernel('Conv2DBackpropFilter', inputs, attrs)).toThrow(
      /expected a float32 tensor, got int32/,
    );
    tf.dispose(inputs);
  });
});

describe.each(poolCases)('maxPool x $x pool $pool strides $strides pad $pad', ({ x, pool, strides, pad }) => {
  test.each(['distinct', 'tied'])('gradient of %s inputs agrees with the cpu backend', (kind) => {
    const distinct = values(x, 5);
    // Rounded down to a few levels, so that windows have their maximum more than once.
    const input = kind === 'tied' ? distinct.map((value) => Math.max(0, Math.round(value * 2))) : distinct;
    const gradient = (): tf.Tensor =>
      tf.grad((t: tf.Tensor) => tf.square(tf.maxPool(t as tf.Tensor4D, pool, strides, pad)))(
        tf.tensor(input, x),
      );
    expect(relativeError(onBoth(gradient))).toBeLessThan(2e-6);
  });
});

describe.each([
  [[250, 40], [250, 24], true, false],
  [[40, 7], [24, 7], false, true],
  [[7, 40], [24, 7], true, true],
  [[3, 5, 6], [3, 5, 4], true, false],
  [[3, 5, 6], [3, 4, 6], false, true],
  [[17, 33], [33, 5], false, false],
  // More rows, products and columns than are summed at a time, with rests.
  [[130, 450], [450, 70], false, false],
  [[130, 450], [70, 450], false, true],
  [[2, 65, 193], [2, 193, 33], false, false],
] as [number[], number[], boolean, boolean][])(
  'matMul %j x %j, transposed %j %j',
  (a, b, transposeA, transposeB) => {
    test('agrees with the cpu backend, gradients too', () => {
      const product = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y, transposeA, transposeB);
      const inputs = (): tf.Tensor[] => [tf.tensor(values(a, 1), a), tf.tensor(values(b, 2), b)];
      expect(relativeError(onBoth(() => product(inputs()[0]!, inputs()[1]!)))).toBeLessThan(2e-6);
      for (const which of [0, 1]) {
        expect(relativeError(onBoth(() => tf.grads(product)(inputs())[which]!))).toBeLessThan(2e-6);
      }
    });

    test('fused with a bias and ReLU, agrees with the cpu backend', () => {
      if (a.length > 2) return;
      const fused = (): tf.Tensor =>
        tf.fused.matMul({
          a: tf.tensor(values(a, 1), a),
          b: tf.tensor(values(b, 2), b),
          transposeA,
          transposeB,
          bias: tf.tensor1d(values([transposeB ? b[0]! : b[1]!], 4)),
          activation: 'relu',
        });
      expect(relativeError(onBoth(fused))).toBeLessThan(2e-6);
    });
  },
);

describe('a product with a matrix of mostly zeros', () => {
  const [rows, inner, columns] = [70, 450, 70];
  const a = values([rows, inner], 1, 0.3);
  const product = (b: Float32Array, transposeB: boolean) => (): tf.Tensor =>
    tf.matMul(
      tf.tensor2d(a, [rows, inner]),
      tf.tensor2d(b, transposeB ? [columns, inner] : [inner, columns]),
      false,
      transposeB,
    );

  test.each([false, true])('agrees with the cpu backend, transposed %j', (transposeB) => {
    const all = product(values([inner * columns], 2), transposeB);
    expect(relativeError(onBoth(all))).toBeLessThan(2e-6);
  });

  test.each([false, true])(
    'has NaN where a 0 meets a number that is not finite, transposed %j',
    (transposeB) => {
      const b = values([inner * columns], 2);
      const at = (k: number, column: number): number =>
        transposeB ? column * inner + k : k * columns + column;
      // In the first pass over products, the last, and in the rest of the columns.
      b[at(3, 5)] = Number.NaN;
      b[at(449, 40)] = Number.POSITIVE_INFINITY;
      b[at(200, 69)] = Number.NaN;
      const { cpu, wasm } = onBoth(product(b, transposeB));
      const placesOfNaN = (found: Float32Array): number[] =>
        [...found.keys()].filter((i) => Number.isNaN(found[i]));
      expect(placesOfNaN(wasm)).toEqual(placesOfNaN(cpu));
      // All of two columns, and where the infinity of a third meets a 0.
      const zeros = Array.from({ length: rows }, (_, row) => a[row * inner + 449]).filter(
        (value) => value === 0,
      );
      expect(placesOfNaN(wasm)).toHaveLength(2 * rows + zeros.length);
    },
  );
});

describe('sum', () => {
  test.each([
    [[0, 1, 2], false],
    [[0, 1, 2], true],
    [[0], false],
    [[-1], true],
    [[1, 2], false],
    [[0, 1, 2, 3], false],
  ] as [number[], boolean][])('over axes %j, keepDims %j, agrees with the cpu backend', (axes, keepDims) => {
    const shape = [5, 7, 11, 37];
    const sum = (): tf.Tensor => tf.sum(tf.tensor(values(shape, 1), shape), axes, keepDims);
    expect(relativeError(onBoth(sum))).toBeLessThan(4e-6);
    const shapes = ['cpu', 'wasm'].map((backend) => {
      tf.setBackend(backend);
      return tf.tidy(() => sum().shape);
    });
    expect(shapes[1]).toEqual(shapes[0]);
  });

  test.each([
    ['all', [3_000_000], undefined],
    ['all of an image', [3, 100, 100, 100], [1, 2, 3]],
    ['all but the first of two axes, kept', [2, 500_003], [-1]],
    ['none: as many numbers as there are sums', [5000, 1], [1]],
  ] as [string, number[], number[] | undefined][])(
    'sums and means over %s keep float32 precision, and free what they took',
    (_, shape, axes) => {
      tf.setBackend('wasm');
      const x = tf.fill(shape, 0.1);
      const count = shape.reduce((a, b) => a * b) / (axes === undefined ? 1 : shape[0]!);
      for (const keepDims of [false, true]) {
        const before = tf.memory().numTensors;
        const [sums, means] = [tf.sum(x, axes, keepDims), tf.mean(x, axes, keepDims)];
        for (const sum of sums.dataSync()) expect(sum / (0.1 * count)).toBeCloseTo(1, 6);
        for (const mean of means.dataSync()) expect(mean).toBeCloseTo(0.1, 7);
        expect(sums.size).toBe(axes === undefined ? 1 : shape[0]);
        expect(sums.rank).toBe(keepDims ? shape.length : axes === undefined ? 0 : 1);
        tf.dispose([sums, means]);
        expect(tf.memory().numTensors).toBe(before);
      }
      x.dispose();
    },
  );

  test('a NaN or an infinity among many numbers is in their sum', () => {
    tf.setBackend('wasm');
    const sums = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => {
      const numbers = new Float32Array(10_000);
      numbers[9_999] = value;
      return tf.tidy(() => tf.sum(tf.tensor1d(numbers)).dataSync()[0]);
    });
    expect(sums).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
  });

  test('a bias gradient of 200,000 rows keeps float32 precision', () => {
    tf.setBackend('wasm');
    const sums = tf.tidy(() => tf.sum(tf.fill([200_000, 36], 0.1), 0).dataSync());
    for (const sum of sums) expect(Math.abs(sum / 20_000 - 1)).toBeLessThan(1e-5);
  });
});

test('a clone and a cast to the same type outlive what they were made of', () => {
  tf.setBackend('wasm');
  const x = tf.tensor1d([1, 2, 3]);
  const clones = [x.clone(), tf.cast(x, 'float32'), tf.cast(x, 'int32')];
  x.dispose();
  // What the heap gives out next must not be theirs.
  const other = tf.fill([3], 7);
  for (const clone of clones) expect([...clone.dataSync()]).toEqual([1, 2, 3]);
  tf.dispose([...clones, other]);
});

test('a training step leaves no tensor and no heap behind', () => {
  tf.setBackend('wasm');
  const step = (): void =>
    tf.tidy(() => {
      const x = tf.tensor4d(values([4, 12, 12, 3], 1), [4, 12, 12, 3]);
      const w = tf.tensor4d(values([3, 3, 3, 16], 2), [3, 3, 3, 16]);
      const v = tf.tensor4d(values([3, 3, 16, 16], 3), [3, 3, 16, 16]);
      tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(
          tf.conv2d(
            tf.maxPool(tf.relu(tf.conv2d(x, a as tf.Tensor4D, 1, 'same')), 2, 2, 'valid'),
            b as tf.Tensor4D,
            1,
            'valid',
          ),
        ),
      )([w, v]);
    });
  const heapBytes = (): number =>
    (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  step();
  const before = { tensors: tf.memory().numTensors, heap: heapBytes() };
  for (let i = 0; i < 50; i++) step();
  expect({ tensors: tf.memory().numTensors, heap: heapBytes() }).toEqual(before);
});
