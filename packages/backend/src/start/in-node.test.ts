import { DropoutLabError } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BackendError, compileWasmKernels, startBackend } from '../node.ts';

afterEach(() => vi.restoreAllMocks());

/** Records everything that is written to the console from now on. */
const listen = (): (() => unknown[][]) => {
  const spies = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  return () => spies.flatMap((spy) => spy.mock.calls);
};

test('wasm starts silently and can train a convolution', async () => {
  const written = listen();
  const backend = await startBackend('wasm');
  expect(backend).toEqual({
    name: 'wasm',
    description: 'wasm (SIMD)',
    reason: 'wasm (SIMD): as asked for',
    kernels: { build: 'plain', revectorized: false },
    versions: {
      node: process.versions.node,
      '@tensorflow/tfjs-core': tf.version_core,
      '@tensorflow/tfjs-backend-wasm': tf.version_core,
    },
  });
  expect(tf.getBackend()).toBe('wasm');

  const filterGradient = tf.tidy(() => {
    const images = tf.ones<tf.Rank.R4>([1, 3, 3, 1]);
    const loss = (filter: tf.Tensor): tf.Tensor =>
      tf.sum(tf.conv2d(images, filter as tf.Tensor4D, 1, 'valid'));
    return tf
      .grad(loss)(tf.zeros([2, 2, 1, 1]))
      .dataSync();
  });
  expect([...filterGradient]).toEqual([4, 4, 4, 4]);
  expect(written()).toEqual([]);
});

describe.each([
  [{ build: 'fma', revectorized: false }, 'wasm (SIMD, fused multiply-add)'],
  [{ build: 'plain', revectorized: true }, 'wasm (SIMD, revectorized)'],
  [{ build: 'fma', revectorized: true }, 'wasm (SIMD, fused multiply-add, revectorized)'],
] as const)('kernels %o', async (kernels, description) => {
  const missing = await compileWasmKernels(kernels).then(
    () => undefined,
    (error: Error) => error.message,
  );

  test.skipIf(missing !== undefined)(`are compiled once${missing ? ` (${missing})` : ''}`, async () => {
    const backend = await startBackend('wasm', { kernels });
    expect(backend).toMatchObject({ description, kernels: { ...kernels, module: expect.anything() } });
    expect((await startBackend('wasm', { kernels })).kernels!.module).toBe(backend.kernels!.module);
    expect((await startBackend('wasm')).kernels).toEqual({ build: 'plain', revectorized: false });
  });

  test.runIf(missing !== undefined)('are refused where this Node lacks what they need', async () => {
    const start = startBackend('wasm', { kernels });
    await expect(start).rejects.toThrow(BackendError);
    await expect(start).rejects.toThrow(/^backend wasm: .*: use .*, or /);
  });

  test.each(['auto', 'node', 'cpu'] as const)('are refused on %s', async (choice) => {
    await expect(startBackend(choice, { kernels })).rejects.toThrow(
      `kernels: expected the backend wasm, the only one that has several, received ${choice}: choose wasm, or leave the kernels out`,
    );
  });
});

test('cpu starts without its greeting, and later warnings are still heard', async () => {
  const written = listen();
  const { name, reason, versions } = await startBackend('cpu');
  expect(name).toBe('cpu');
  expect(reason).toBe('cpu: as asked for; much slower than wasm');
  expect(Object.keys(versions)).toEqual(['node', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu']);
  expect(tf.getBackend()).toBe('cpu');
  expect([...tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(2)).dataSync())]).toEqual([3]);
  expect(written()).toEqual([]);
  expect(tf.env().getBool('PROD')).toBe(false);
});

test('a backend can be exchanged for another', async () => {
  await startBackend('cpu');
  expect((await startBackend('wasm')).name).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
});

test('wasm is refused where the processor has no SIMD', async () => {
  await startBackend('wasm');
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  try {
    await expect(startBackend('wasm')).rejects.toThrow(BackendError);
    await expect(startBackend('wasm')).rejects.toThrow(DropoutLabError);
    await expect(startBackend('wasm')).rejects.toThrow('expected WebAssembly SIMD');
  } finally {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  }
});
