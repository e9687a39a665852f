import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { values } from '../cases.testing.ts';
import { registerTrainingKernels } from '../index.ts';

beforeAll(async () => {
  registerTrainingKernels();
  for (const backend of ['cpu', 'wasm']) await tf.setBackend(backend);
});

type Shape5D = [number, number, number, number, number];

/** Sums, in float64, the numbers of dy at the largest number of each window. */
const expected = (
  x: Float32Array,
  dy: Float32Array,
  info: ReturnType<typeof tf.backend_util.computePool3DInfo>,
): Float64Array => {
  const dx = new Float64Array(x.length);
  const { inDepth, inHeight, inWidth, inChannels, padInfo } = info;
  const [, outDepth, outHeight, outWidth, channels] = info.outShape as Shape5D;
  for (const [i, slope] of dy.entries()) {
    const c = i % channels;
    const ox = Math.floor(i / channels) % outWidth;
    const oy = Math.floor(i / channels / outWidth) % outHeight;
    const oz = Math.floor(i / channels / outWidth / outHeight) % outDepth;
    const n = Math.floor(i / channels / outWidth / outHeight / outDepth);
    let largest = -1;
    for (let tap = 0; tap < info.filterDepth * info.filterHeight * info.filterWidth; tap++) {
      const kz = Math.floor(tap / info.filterWidth / info.filterHeight);
      const z = oz * info.strideDepth - padInfo.front + kz;
      const y =
        oy * info.strideHeight - padInfo.top + (Math.floor(tap / info.filterWidth) % info.filterHeight);
      const column = ox * info.strideWidth - padInfo.left + (tap % info.filterWidth);
      if (z < 0 || y < 0 || column < 0 || z >= inDepth || y >= inHeight || column >= inWidth) continue;
      const place = (((n * inDepth + z) * inHeight + y) * inWidth + column) * inChannels + c;
      if (largest < 0 || x[place]! > x[largest]!) largest = place;
    }
    dx[largest]! += slope;
  }
  return dx;
};

test.each([
  { shape: [3, 5, 6, 4, 3] as Shape5D, pool: 2, strides: 2, pad: 'valid' as const },
  { shape: [3, 5, 6, 4, 3] as Shape5D, pool: 3, strides: 2, pad: 'same' as const },
  { shape: [2, 6, 6, 6, 2] as Shape5D, pool: 3, strides: 1, pad: 'valid' as const },
])('maxPool3d of $shape by $pool, strides $strides, $pad: both backends are right', (one) => {
  const { shape, pool, strides, pad } = one;
  // Numbers without ties: 7919 is a prime.
  const x = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => (i * 7919) % tf.util.sizeFromShape(shape),
  );
  const info = tf.backend_util.computePool3DInfo(shape, pool, strides, 1, pad);
  const dy = values(info.outShape, 3);
  const reference = expected(x, dy, info);
  for (const backend of ['cpu', 'wasm']) {
    tf.setBackend(backend);
    const dx = tf.tidy(() =>
      tf
        .grad((a) => tf.maxPool3d(a as tf.Tensor5D, pool, strides, pad))(
          tf.tensor(x, shape),
          tf.tensor(dy, info.outShape),
        )
        .dataSync<'float32'>()
        .slice(),
    );
    for (const [i, slope] of reference.entries()) expect(Math.abs(dx[i]! - slope)).toBeLessThan(1e-6);
  }
});

/** Numbers in which the largest of a window is often 0, as after ReLU, or below. */
const flat = {
  zeros: (value: number) => Math.max(0, Math.round(value * 3)),
  negative: (value: number) => -Math.abs(value) - 0.5,
};

test.each(
  (['zeros', 'negative'] as const).flatMap((kind) =>
    [
      [2, 2, 'valid'],
      [3, 2, 'same'],
      [3, 1, 'valid'],
    ].map(
      ([pool, strides, pad]) => [kind, pool, strides, pad] as [typeof kind, number, number, 'valid' | 'same'],
    ),
  ),
)(
  'maxPool3d of windows without a number above 0 (%s, by %d, strides %d, %s) keeps the gradient, at the first of its largest',
  (kind, pool, strides, pad) => {
    const shape: Shape5D = [3, 6, 6, 4, 3];
    const x = values(shape, 5).map(flat[kind]);
    const info = tf.backend_util.computePool3DInfo(shape, pool, strides, 1, pad);
    const dy = values(info.outShape, 3);
    const pooledOn = (backend: string) => {
      tf.setBackend(backend);
      return tf.tidy(() =>
        tf
          .maxPool3d(tf.tensor(x, shape) as tf.Tensor5D, pool, strides, pad)
          .dataSync()
          .slice(),
      );
    };
    expect(pooledOn('wasm')).toEqual(pooledOn('cpu'));
    tf.setBackend('wasm');
    const dx = tf.tidy(() =>
      tf
        .grad((a) => tf.maxPool3d(a as tf.Tensor5D, pool, strides, pad))(
          tf.tensor(x, shape),
          tf.tensor(dy, info.outShape),
        )
        .dataSync<'float32'>()
        .slice(),
    );
    for (const [i, slope] of expected(x, dy, info).entries())
      expect(Math.abs(dx[i]! - slope)).toBeLessThan(1e-6);
  },
);

test('maxPool3d of a window with a NaN is NaN', () => {
  tf.setBackend('wasm');
  const x = Float32Array.from({ length: 16 }, (_, i) => (i === 5 ? Number.NaN : -i));
  const pooled = tf.tidy(() =>
    tf.maxPool3d(tf.tensor(x, [1, 2, 2, 4, 1]) as tf.Tensor5D, 2, 2, 'valid').dataSync(),
  );
  expect([...pooled]).toEqual([Number.NaN, -2]);
});
