import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendError, startBackend } from '@dropout-lab/backend/node';
import { softmax } from '@dropout-lab/metrics';
import { buildModel, findNotFinite, parseModelSpec } from '@dropout-lab/model';
import { openRunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { createReplica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli } from '../command/testing.ts';

let folder: string;
const config = {
  dataset: 'shapes',
  model: { filters: [4], units: [8], maxNorm: null },
  limitTrain: 100,
  limitTest: 20,
  batchSize: 20,
  checkpointEverySteps: 1,
};
const image = 'grey.png';

beforeAll(async () => {
  folder = temporaryFolder();
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await sharp({ create: { width: 28, height: 28, channels: 3, background: 'grey' } })
    .png()
    .toFile(join(folder, image));
});

const train = (name: string, ...options: string[]) =>
  callCli(['train', '--config', 'config.json', '--backend', 'wasm', '--run-dir', name, ...options], {
    cwd: folder,
  });

/** A checkpoint as an earlier version saved it of a model that diverged. */
const fill = async (name: string, value: number): Promise<void> => {
  const directory = await resumeRunDirectory(join(folder, name));
  const { snapshot, modelTopology } = await directory.loadCheckpoint('last');
  const weights = snapshot.weights.map((weight) =>
    weight.name.startsWith('dense/') ? { ...weight, values: weight.values.map(() => value) } : weight,
  );
  await directory.saveCheckpoint('last', { modelTopology, snapshot: { ...snapshot, weights } });
  await directory.close();
};

describe.each(['cpu', 'wasm', 'node'] as const)('on %s', (choice) => {
  test('one NaN in any weight reaches the loss, every answer and the gradients', async (context) => {
    const started = await startBackend(choice).catch((error: unknown) => error);
    if (started instanceof BackendError) return context.skip(started.message);
    const spec = parseModelSpec({
      inputShape: [8, 8, 1],
      filters: [16, 16],
      padding: 'same',
      units: [8],
      numClasses: 3,
    });
    const model = buildModel(spec, 1);
    const replica = createReplica(model);
    const batch = {
      images: Float32Array.from({ length: 4 * 64 }, (_, i) => Math.sin(i * i) ** 2),
      labels: Uint8Array.of(0, 1, 2, 0),
      size: 4,
    };
    const weights = model.weights.map((weight) => weight.read() as tf.Variable);
    for (const [i, weight] of weights.entries()) {
      const values = weight.dataSync().slice() as Float32Array;
      // As x86 makes it: its sign bit is set.
      const diverged = values.slice();
      new Uint32Array(diverged.buffer)[0] = 0xffc00000;
      tf.tidy(() => weight.assign(tf.tensor(diverged, weight.shape)));

      const probabilities = softmax(await replica.logits(batch), 3);
      expect(probabilities.every(Number.isNaN), model.weights[i]!.name).toBe(true);
      const { loss, gradients } = await replica.gradients(batch, { step: 0, rowOffset: 0, batchSize: 4 });
      expect(loss).toBeNaN();
      expect(gradients.some((gradient) => gradient.dataSync().some(Number.isNaN))).toBe(true);
      tf.dispose(gradients);
      tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
    }
    model.dispose();
  });
});

test('a rate beyond reason ends the run, and no checkpoint has a weight that is not finite', async () => {
  const options = ['--optimizer', 'sgd', '--learning-rate', '1e12', '--epochs', '3'];
  const { code, stdout } = await train('beyond', ...options);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Stopped: (loss|weight) .*: try a lower learning rate$/m);
  const reader = await openRunDirectory(join(folder, 'beyond'));
  const { snapshot } = await reader.loadCheckpoint('last');
  expect(findNotFinite(snapshot.weights)).toBeUndefined();
});

describe('what an earlier version kept of a model that diverged', () => {
  beforeAll(async () => {
    expect(await train('kept', '--epochs', '1')).toMatchObject({ code: 0 });
  });

  const commands = [
    ['predict', 'kept', image],
    ['evaluate', 'kept'],
    ['export', 'kept'],
  ];

  test.each(commands)('NaN weights: %s refuses them by name', async (...args) => {
    await fill('kept', Number.NaN);
    const { code, stdout, stderr } = await callCli([...args, '--checkpoint', 'last'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^dropout-lab: .*: dense\/kernel: expected finite numbers, found NaN at index 0: the model diverged, so take an earlier checkpoint, or train with a lower learning rate$/m,
    );
  });

  test.each(commands.slice(0, 2))('weights too large for an answer: %s has none', async (...args) => {
    await fill('kept', 3e38);
    const { code, stdout, stderr } = await callCli([...args, '--checkpoint', 'last'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^dropout-lab: kept: checkpoint last: expected finite answers from the model, found (NaN|-?Infinity) for (grey\.png|test image 0): /m,
    );
  });
});
