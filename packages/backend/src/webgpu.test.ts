import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError, startBackend } from './node.ts';
import { trainingStep } from './testing.ts';

/** Programs that stand in for a graphics processor, as the packages chromium and mesa-vulkan-drivers bring them. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json',
  '/usr/share/vulkan/icd.d/lvp_icd.aarch64.json',
];

const driver = softwareDrivers.find(existsSync);
// Before Vulkan is loaded, which looks at it once.
if (driver !== undefined) process.env['VK_ICD_FILENAMES'] = driver;

/** Why WebGPU cannot run here; undefined where it can. */
const unavailable = await startBackend('webgpu').then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof BackendError) return error.message;
    throw error;
  },
);

afterAll(() => startBackend('cpu'));

describe.skipIf(unavailable !== undefined)(
  `webgpu${unavailable === undefined ? '' : ` (not available: ${unavailable})`}`,
  () => {
    beforeAll(async () => {
      await startBackend('webgpu');
    });

    test('says what computes', async () => {
      const { name, description, reason, versions } = await startBackend('webgpu');
      expect(name).toBe('webgpu');
      expect(tf.getBackend()).toBe('webgpu');
      expect(description).toMatch(/^webgpu \(.+\)$/);
      expect(reason).toBe(`${description}: as asked for`);
      expect(versions).toMatchObject({
        '@tensorflow/tfjs-backend-webgpu': tf.version_core,
        webgpu: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      });
    });

    test('computes the loss and the gradients that cpu computes', async () => {
      const before = tf.memory().numTensors;
      const found = await trainingStep();
      expect(tf.memory().numTensors).toBe(before);
      await startBackend('cpu');
      for (const [quantity, expected] of (await trainingStep()).entries()) {
        const scale = Math.max(...expected.map(Math.abs));
        const differences = expected.map((number, i) => Math.abs(number - found[quantity]![i]!));
        expect(Math.max(...differences) / scale).toBeLessThan(1e-5);
      }
    });

    test.runIf(driver !== undefined)('in software is never what auto picks', async () => {
      expect((await startBackend('webgpu')).description).toMatch(/, in software\)$/);
      expect((await startBackend('auto')).name).not.toBe('webgpu');
    });
  },
);

test('without its packages it is refused with what to install, and auto goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dropout-lab-backend-'));
  try {
    const resolveFrom = join(folder, 'main.js');
    await expect(startBackend('webgpu', { resolveFrom })).rejects.toThrow(
      new BackendError(
        'backend webgpu: webgpu could not be loaded: npm install webgpu @tensorflow/tfjs-backend-webgpu, or choose another backend',
      ),
    );
    expect((await startBackend('auto', { resolveFrom })).name).not.toBe('webgpu');
  } finally {
    await rm(folder, { recursive: true });
  }
});
