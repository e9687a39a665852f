import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { launchChromium } from '../../../../scripts/chromium.mjs';
import { startBackend } from '../node.ts';

/** Of -5 to 5. */
const numbers = (shape: [number, number, number, number]): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((7 * i) % 11) - 5),
    shape,
  );

/** The program that runs in the page. */
const program = `
  import '@tensorflow/tfjs-layers';
  import * as tf from '@tensorflow/tfjs-core';
  import { startBackend } from '../browser.ts';
  const nan = NaN;
  const valuesOf = (compute) => tf.tidy(() => [...compute().dataSync()].map(String));
  globalThis.compute = async () => {
    await startBackend('webgl');
    await startBackend('webgl');
    const pool = (x) => tf.maxPool(x, 2, 2, 'valid');
    const image = () => tf.tensor4d([1, nan, nan, nan, 3, 2, nan, nan, 1, 5, -1, -2, 7, 2, -3, -4], [1, 4, 4, 1]);
    const numbers = (...shape) => tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (7 * i) % 11 - 5), shape);
    return {
      backend: tf.getBackend(),
      pooled: valuesOf(() => pool(image())),
      low: valuesOf(() => tf.maxPool(tf.fill([1, 2, 2, 1], -1e30), 2, 2, 'valid')),
      overlapping: valuesOf(() => tf.maxPool(numbers(1, 5, 5, 2), 3, 2, 'same')),
      gradient: valuesOf(() => tf.grad(pool)(numbers(1, 4, 4, 1))),
      relu: valuesOf(() => tf.relu(tf.fill([5], nan))),
      softmax: valuesOf(() => tf.softmax(tf.tensor2d([nan, 1, 2], [1, 3]))),
      dense: valuesOf(() => tf.fused.matMul({ a: tf.fill([1, 2], nan), b: tf.ones([2, 2]), bias: tf.ones([2]), activation: 'relu' })),
      zero: valuesOf(() => tf.mul(tf.fill([2], nan), 0)),
    };
  };
`;

test('in software, NaN stays NaN in the operations of a model', async () => {
  const entry = fileURLToPath(new URL('nan-program.ts', import.meta.url));
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? program : undefined),
      },
    ],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false });
  const chromium = await launchChromium();
  try {
    const page = await chromium.newPage();
    await page.addScriptTag({ content: output[0].code });
    const found = await page.evaluate(() =>
      (globalThis as unknown as { compute(): Promise<Record<string, string[]>> }).compute(),
    );
    const nan = (count: number) => Array(count).fill('NaN');
    await startBackend('cpu');
    const gradient = tf.tidy(() =>
      [
        ...tf
          .grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(numbers([1, 4, 4, 1]))
          .dataSync(),
      ].map(String),
    );
    const overlapping = tf.tidy(() =>
      [...tf.maxPool(numbers([1, 5, 5, 2]), 3, 2, 'same').dataSync()].map(String),
    );
    expect(found).toEqual({
      backend: 'webgl',
      pooled: ['NaN', 'NaN', '7', '-1'],
      // Below what the stock kernel begins with.
      low: ['-1.0000000150474662e+30'],
      overlapping,
      gradient,
      relu: nan(5),
      softmax: nan(3),
      dense: nan(2),
      zero: nan(2),
    });
  } finally {
    await chromium.close();
  }
}, 60_000);
