import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { parseRunConfig } from '@dropout-lab/contracts';
import { decodeKerasWeights, decodeSafetensorsModel } from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { initialProgress } from '@dropout-lab/training';
import { unzipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { callCli } from '../../command/testing.ts';
import { createRun } from '../../train/create-run.ts';

const folder = temporaryFolder();
const run = join(folder, 'run');
const config = parseRunConfig({
  model: { filters: [2], units: [3], dropout: { inputRate: 0.1 } },
  optimizer: { name: 'sgd', learningRate: 1, momentum: 0.5 },
  loss: { name: 'categorical_crossentropy', labelSmoothing: 0.1 },
});
const spec = modelSpecOf(config);

beforeAll(async () => {
  const backend = await startBackend('cpu');
  const model = buildModel(spec, 1);
  const weights = await readWeights(model);
  const modelTopology = model.toJSON(null, false) as object;
  model.dispose();
  const made = await createRun(
    {
      config,
      classNames: Array.from({ length: 10 }, (_, i) => `kind ${i}`),
      data: { dataset: 'cifar10', sha256: {}, trainImages: 0, validationImages: 0, testImages: 0 },
      command: [],
      backend,
      workers: 1,
    },
    run,
  );
  const snapshot = { weights, slots: [], progress: initialProgress(config.optimizer) };
  await made.saveCheckpoint('last', { modelTopology, snapshot });
  await made.close();
});

const exported = async (format: string, file: string): Promise<Uint8Array> => {
  const { code, stdout, stderr } = await callCli(['export', run, '--format', format], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^Wrote .*${file}: in `));
  return new Uint8Array(await readFile(join(run, file)));
};

const model = async () => {
  const built = buildModel(spec, 1);
  const weights = await readWeights(built);
  built.dispose();
  return weights;
};

test('--format keras writes the model with its weights, optimizer and loss', async () => {
  const bytes = await exported('keras', 'last.keras');
  expect(await decodeKerasWeights(bytes, await model(), spec, 'a')).toEqual(await model());
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
  const text = new TextDecoder().decode(files['config.json']);
  // Python must read floats.
  expect(text).toContain('"learning_rate":1.0,"momentum":0.5');
  expect(JSON.parse(text).compile_config.loss.config).toEqual({ from_logits: false, label_smoothing: 0.1 });
  const { createdAt } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  expect(JSON.parse(new TextDecoder().decode(files['metadata.json'])).date_saved).toBe(
    createdAt.slice(0, 19).replace('T', '@'),
  );
});

test('--format safetensors writes weights, layers and classes', async () => {
  const bytes = await exported('safetensors', 'last.safetensors');
  const read = decodeSafetensorsModel(bytes, 'a');
  expect(read.weights).toEqual(await model());
  expect(read.model).toEqual({ ...spec });
  expect(read.classNames).toEqual(Array.from({ length: 10 }, (_, i) => `kind ${i}`));
});
