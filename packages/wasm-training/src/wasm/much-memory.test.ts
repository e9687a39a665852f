import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerTrainingKernels } from '../index.ts';
import type { WasmBackend } from './instance.ts';

const GIBIBYTE = 2 ** 30;

const wasmBackend = (): WasmBackend => tf.findBackend('wasm') as unknown as WasmBackend;

/** Memory that is never touched costs none of the machine's. */
const ballast = (bytes: number): tf.Tensor => {
  const { dataId } = wasmBackend().makeOutput([bytes / 4], 'float32');
  return tf.engine().makeTensorFromDataId(dataId, [bytes / 4], 'float32');
};

/** Takes the room that earlier tensors left, which the next ones of the same size would be given. */
const fillHoles = (): tf.Tensor[] => {
  const fillers: tf.Tensor[] = [];
  for (let bytes = 2 ** 24; bytes >= 16; bytes /= 2) {
    do fillers.push(ballast(bytes));
    while (addressOf(fillers.at(-1)!) < 2 * GIBIBYTE);
  }
  return fillers;
};

const addressOf = ({ dataId }: tf.Tensor): number => wasmBackend().dataIdMap.get(dataId).memoryOffset;

let ballasts: tf.Tensor[] = [];

beforeAll(async () => {
  registerTrainingKernels();
  await tf.setBackend('wasm');
  // The kernels are linked to the backend by the first of them.
  tf.tidy(() => tf.relu(tf.ones([4])).dataSync());
  ballasts = [ballast(GIBIBYTE), ballast(GIBIBYTE), ...fillHoles()];
});

afterAll(() => tf.dispose(ballasts));

test('what follows lies beyond two gibibytes', () => {
  const x = tf.ones([4]);
  expect(addressOf(x)).toBeGreaterThan(2 * GIBIBYTE);
  x.dispose();
});

test.each([GIBIBYTE, GIBIBYTE / 128, 60_000])(
  'tensors of %d bytes until there is no room: the last is refused, and what there is stays as it is',
  (bytes) => {
    const kept = tf.tensor1d([1, 2, 3]);
    const taken: tf.Tensor[] = [];
    const takeAll = (): void => {
      for (;;) taken.push(ballast(bytes));
    };
    expect(takeAll).toThrow(
      new RegExp(
        `^wasm-training: expected room for ${bytes} bytes in the memory of the wasm backend, found none left of \\d+ MiB, of 4096 at most: use smaller batches`,
      ),
    );
    const { length } = wasmBackend().wasm.HEAPU8;
    expect(taken.filter((one) => addressOf(one) + bytes > length)).toEqual([]);
    expect([...tf.add(kept, 1).dataSync()]).toEqual([2, 3, 4]);
    tf.dispose([kept, ...taken]);
  },
);

// The tests of all kernels, beyond two gibibytes.
await import('./adam.test.ts');
await import('./kernels.test.ts');
await import('./convolution/pooled-convolution.test.ts');
await import('./gelu.test.ts');
await import('./normalize-channels.test.ts');
await import('./scale-bytes.test.ts');
await import('./scale-kept.test.ts');
