import { access, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { parseRunConfig } from '@dropout-lab/contracts';
import {
  decodeKerasWeights,
  decodeSafetensors,
  decodeSafetensorsModel,
  encodeOnnxModel,
  encodeSafetensors,
} from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { openRunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { initialProgress } from '@dropout-lab/training';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
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
const classNames = Array.from({ length: 10 }, (_, i) => `kind ${i}`);

beforeAll(async () => {
  const backend = await startBackend('cpu');
  const model = buildModel(spec, 1);
  const weights = await readWeights(model);
  const modelTopology = model.toJSON(null, false) as object;
  model.dispose();
  const made = await createRun(
    {
      config,
      classNames,
      data: { dataset: 'cifar10', sha256: {}, trainImages: 0, validationImages: 0, testImages: 0 },
      command: [],
      backend,
      workers: 1,
    },
    run,
  );
  const snapshot = { weights, slots: [], progress: initialProgress(config.optimizer) };
  await made.saveCheckpoint('last', { modelTopology, snapshot });
  await made.saveCheckpoint('best', { modelTopology, snapshot });
  const logs = { loss: 2.25, accuracy: 0.125, val_loss: 2.5 };
  made.append({ kind: 'epoch', time: 0, epoch: 1, step: 4, logs, learningRate: 1, seconds: 1 });
  await made.writeEvaluation({
    count: 10_000,
    loss: 2.345678,
    accuracy: 0.1234,
    top3Accuracy: 0.3333,
    brierScore: 0.9,
    expectedCalibrationError: 0.05,
    reliability: [],
    confusion: [],
    classes: [],
    testTimeAugmentation: 'none',
  });
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
  expect(read.describedData).toEqual({ classNames, dataset: 'cifar10' });
});

test('--format onnx writes a model of opset 17', async () => {
  const bytes = await exported('onnx', 'last.onnx');
  expect(Buffer.from(bytes).equals(encodeOnnxModel(await model(), spec, classNames))).toBe(true);
});

describe('--format hub', () => {
  const card = async (checkpoint: string): Promise<string> => {
    const output = join(folder, `hub-${checkpoint}`);
    const args = ['export', run, '--format', 'hub', '--checkpoint', checkpoint, '--output', output];
    expect(await callCli(args, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    expect((await readdir(output)).toSorted()).toEqual([
      'README.md',
      'config.json',
      'model.keras',
      'model.safetensors',
    ]);
    return readFile(join(output, 'README.md'), 'utf8');
  };

  test('has the run’s own numbers, settings and weights', async () => {
    const text = await card('last');
    const [, matter, body] = text.split(/^---$/m);
    expect(matter).toContain('- type: accuracy\n      value: 0.1234\n');
    expect(matter).toContain('- type: loss\n      value: 2.345678\n');
    expect(matter).toContain('datasets:\n- uoft-cs/cifar10\n');
    expect(body).toContain('| accuracy | 0.1234 |');
    expect(body).toContain('| 1 | 2.2500 | 0.1250 | 2.5000 |');
    expect(body).toContain('"learningRate": 1');
    const place = join(folder, 'hub-last');
    const read = decodeSafetensorsModel(await readFile(join(place, 'model.safetensors')), 'a');
    expect(read.weights).toEqual(await model());
    expect(JSON.parse(await readFile(join(place, 'config.json'), 'utf8'))).toMatchObject({
      class_names: classNames,
      training: { optimizer: { name: 'sgd' } },
    });
  });

  test('says that metrics are those of several views, and leaves them out where one is understood', async () => {
    const several = join(folder, 'several-views');
    await cp(run, several, { recursive: true });
    const evaluated = await resumeRunDirectory(several);
    const evaluation = (await (await openRunDirectory(several)).readEvaluation())!;
    await evaluated.writeEvaluation({ ...evaluation, testTimeAugmentation: 'flip' });
    await evaluated.close();
    const exportTo = async (format: string, file: string): Promise<string> => {
      const output = join(folder, `several-${format}`);
      const args = ['export', several, '--format', format, '--output', output];
      expect(await callCli(args, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
      return readFile(join(output, file), 'utf8');
    };
    const text = await exportTo('hub', 'README.md');
    expect(text).not.toContain('model-index');
    expect(text).toContain('averaged over several views of each (test-time augmentation, flip)');
    expect(text).toContain('| accuracy | 0.1234 |');
    expect(JSON.parse(await exportTo('web', 'classifier.json')).run).not.toHaveProperty('testAccuracy');
  });

  test('of the best checkpoint has no metrics of other weights', async () => {
    const text = await card('best');
    expect(text).not.toContain('0.1234');
    expect(text).toContain('not of the checkpoint `best`');
  });
});

describe('import takes over layers, classes and weights', () => {
  test.each(['keras', 'safetensors'])('of .%s, which is exported as it was', async (format) => {
    await exported(format, `last.${format}`);
    const place = join(folder, `from-${format}`);
    const args = ['import', join(run, `last.${format}`), '--run-dir', place];
    expect(await callCli(args, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    const reader = await openRunDirectory(place);
    expect((await reader.loadCheckpoint('last')).snapshot.weights).toEqual(await model());
    const read = modelSpecOf(reader.manifest.config);
    expect(read).toEqual(spec);
    expect(reader.manifest.classNames).toEqual(classNames);
    const again = await callCli(['export', place, '--format', 'safetensors'], { cwd: folder });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const second = decodeSafetensorsModel(await readFile(join(place, 'last.safetensors')), 'a');
    expect(second.weights).toEqual(await model());
  });

  test.each([
    [
      'bytes',
      { class_name: 'Rescaling', config: { scale: 1 / 255, offset: -0.5 } },
      { scale: 1, offset: -0.5 },
    ],
    [
      'bytes, normalized',
      { class_name: 'Normalization', config: { mean: [51, 102, 153], variance: 65_025 } },
      { mean: [0.2, 0.4, 0.6], variance: 1 },
    ],
    [
      'pixels that it does not name',
      { class_name: 'Rescaling', config: { scale: 2, offset: -1 } },
      { scale: 2 },
    ],
    ['pixels', { class_name: 'RandomFlip', config: {} }, { kind: 'dropout' }],
  ])(
    'of a .keras file of another program, which takes %s, for pixels from 0 to 1',
    async (takes, layer, first) => {
      await exported('keras', 'last.keras');
      const file = join(folder, 'foreign.keras');
      const {
        'metadata.json': _,
        'config.json': config,
        ...others
      } = unzipSync(await readFile(join(run, 'last.keras')));
      const described = JSON.parse(new TextDecoder().decode(config));
      const { class_name, config: settings } = layer;
      const [input, ...behind] = described.config.layers;
      const added = { module: 'keras.layers', class_name, registered_name: null };
      described.config.layers = [input, { ...added, config: { name: 'first', ...settings } }, ...behind];
      const archive = { 'metadata.json': strToU8('{"keras_version":"3.15.1"}'), ...others };
      await writeFile(file, zipSync({ 'config.json': strToU8(JSON.stringify(described)), ...archive }));
      const place = join(folder, `foreign-${takes.replaceAll(/\W/g, '-')}`);
      const { code, stdout } = await callCli(['import', file, '--run-dir', place], { cwd: folder });
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining(
          takes.startsWith('bytes')
            ? 'foreign.keras: its first layer takes bytes, 0 to 255: it was changed to take pixels from 0 to 1, as here'
            : 'foreign.keras: it does not say which pixels it takes: here they are float32 from 0 to 1',
        ),
      ]);
      const read = modelSpecOf((await openRunDirectory(place)).manifest.config);
      expect(read.layers[0]).toMatchObject(first);
    },
  );

  test('and refuses what does not fit in one sentence, before a run is made', async () => {
    const refusal = async (...args: string[]): Promise<string> => {
      const place = join(folder, 'refused');
      const { code, stderr } = await callCli(['import', ...args, '--run-dir', place], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      await expect(access(place)).rejects.toThrow();
      return stderr;
    };
    const file = join(run, 'last.keras');
    expect(await refusal(file, '--dataset', 'cifar100')).toMatch(/numClasses: expected 100/);
    const cut = join(folder, 'cut.safetensors');
    await writeFile(cut, (await readFile(join(run, 'last.safetensors'))).subarray(0, -4));
    expect(await refusal(cut)).toMatch(/cut\.safetensors: expected \d+ bytes of arrays.* cut off/);
    // A gigabyte, if it were made: of a layer that the file has no weights for.
    const { 'config.json': layers, ...others } = unzipSync(await readFile(file));
    const wide = new TextDecoder().decode(layers).replaceAll('"units":3', '"units":500000');
    await writeFile(cut, zipSync({ 'config.json': strToU8(wide), ...others }));
    expect(await refusal(cut)).toMatch(/: expected the \d{9} weights, or more, .*, found room for \d+: save/);
    const read = decodeSafetensors(await readFile(join(run, 'last.safetensors')), 'a');
    const described = read.metadata['model']!.replaceAll('"units":3', '"units":500000');
    const metadata = { ...read.metadata, model: described };
    await writeFile(cut, encodeSafetensors({ ...read, metadata }));
    expect(await refusal(cut)).toMatch(/: expected the \d{9} weights, or more, .*, found room for \d+: save/);
    await writeFile(cut, zipSync({ 'config.json': strToU8('{"class_name": "Net"}') }));
    expect(await refusal(cut)).toMatch(/config\.json: expected an object of Keras's/);
  });
});
