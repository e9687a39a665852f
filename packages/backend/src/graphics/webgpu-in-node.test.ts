import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relativeDifference, trainingStep } from '../../../../scripts/setup-native/training-step.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { BackendError, startBackend } from '../node.ts';

/**
 * Why WebGPU is not tried here; undefined where it is. Software drivers have ended the process, so a driver has to be
 * named: VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json is SwiftShader's, which Chromium brings.
 */
const unavailable = process.env['VK_ICD_FILENAMES']
  ? await startBackend('webgpu').then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof BackendError) return error.message;
        throw error;
      },
    )
  : 'no Vulkan driver is named in VK_ICD_FILENAMES';

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
        expect(relativeDifference(found[quantity]!, expected)).toBeLessThan(1e-5);
      }
    });

    test('in software is never what auto picks', async () => {
      const { description } = await startBackend('webgpu');
      const isSoftware = description.endsWith(', in software)');
      expect((await startBackend('auto')).name === 'webgpu').toBe(!isSoftware);
    });
  },
);

test('without its packages it is refused with what to install, and auto goes on', async () => {
  const resolveFrom = join(temporaryFolder(), 'main.js');
  await expect(startBackend('webgpu', { resolveFrom })).rejects.toThrow(
    new BackendError(
      'backend webgpu: webgpu could not be loaded: npm install webgpu @tensorflow/tfjs-backend-webgpu, or choose another backend',
    ),
  );
  expect((await startBackend('auto', { resolveFrom })).name).not.toBe('webgpu');
});
