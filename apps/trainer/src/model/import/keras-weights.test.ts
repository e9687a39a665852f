import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeKerasWeights, encodeKerasWeights } from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, parseModelSpec, readWeights } from '@dropout-lab/model';
import { openRunDirectory } from '@dropout-lab/runs/node';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { callCli, writeSmallRun } from '../../command/testing.ts';

let folder: string;
let run: string;
const exported = () => join(run, 'last.weights.h5');

beforeAll(async () => {
  folder = temporaryFolder();
  run = join(folder, 'trained');
  const config = await writeSmallRun(folder, { epochs: 1, limitTrain: 200 });
  const trained = await callCli(['train', '--config', config, '--run-dir', run, '--backend', 'wasm'], {
    cwd: folder,
  });
  expect(trained).toMatchObject({ code: 0 });
  const { code, stdout } = await callCli(['export', run, '--format', 'keras-weights'], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain(exported());
});

const importInto = (name: string, file: string, ...options: string[]) =>
  callCli(['import', file, '--run-dir', join(folder, name), ...options], { cwd: folder });

test('export and import give the checkpoint’s weights back to the bit, and the same metrics', async () => {
  const args = ['import', exported(), '--config', 'small.json', '--run-dir', join(folder, 'imported')];
  const { code, stdout } = await callCli(args, { cwd: folder });
  expect(code).toBe(0);
  expect(stdout.split('\n').at(-1)).toBe(`Run directory: ${join(folder, 'imported')}`);
  const [before, after] = await Promise.all(
    [run, join(folder, 'imported')].map(async (path) =>
      (await openRunDirectory(path)).loadCheckpoint('last'),
    ),
  );
  expect(after!.snapshot.weights).toEqual(before!.snapshot.weights);
  expect(after!.modelTopology).toEqual(before!.modelTopology);
  const evaluate = (path: string) => callCli(['evaluate', path, '--json'], { cwd: folder });
  const ours = await evaluate(run);
  expect(ours).toMatchObject({ code: 0 });
  expect(await evaluate(join(folder, 'imported'))).toEqual(ours);
});

describe('an imported run', () => {
  test('says what it is: weights of a file, and no training', async () => {
    await importInto('described', exported(), '--config', 'small.json');
    const reader = await openRunDirectory(join(folder, 'described'));
    expect(reader.manifest).toMatchObject({
      importedFrom: { file: 'last.weights.h5', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      data: { dataset: 'cifar10', sha256: {}, trainImages: 0, validationImages: 0, testImages: 0 },
      config: { model: { filters: [4, 6], units: [12] } },
      command: ['import', exported(), '--run-dir', join(folder, 'described'), '--config', 'small.json'],
    });
    expect(reader.manifest.classNames).toHaveLength(10);
    const { progress, slots } = (await reader.loadCheckpoint('last')).snapshot;
    expect(progress).toMatchObject({ epoch: 0, step: 0 });
    expect(slots).toEqual([]);
  });

  test('has nothing to resume', async () => {
    await importInto('resumed', exported(), '--config', 'small.json');
    const { code, stderr } = await callCli(['train', '--resume', join(folder, 'resumed')], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('this one has weights imported from last.weights.h5');
  });

  test('of CIFAR-100 has its classes', async () => {
    const file = join(folder, 'hundred.weights.h5');
    const spec = parseModelSpec({ filters: [2, 2], units: [4] }, { dataset: 'cifar100' });
    const model = buildModel(spec, 0);
    await writeFile(file, await encodeKerasWeights(await readWeights(model), spec));
    model.dispose();
    await writeFile(join(folder, 'hundred.json'), '{"model": {"filters": [2, 2], "units": [4]}}');
    const options = ['--dataset', 'cifar100', '--config', 'hundred.json'];
    expect(await importInto('hundred', file, ...options)).toMatchObject({ code: 0 });
    const { classNames } = (await openRunDirectory(join(folder, 'hundred'))).manifest;
    expect(classNames).toHaveLength(100);
  });
});

describe('refusals', () => {
  const refused = async (file: string, message: string | RegExp, exitCode: number, ...options: string[]) => {
    const { code, stderr } = await importInto('refused', file, ...options);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(exitCode);
    await expect(access(join(folder, 'refused'))).rejects.toThrow();
  };

  test('of a file that is none, or of another model: one sentence, and no run', async () => {
    await refused('nowhere.weights.h5', /nowhere\.weights\.h5: expected a file that can be read/, 2);
    await refused(
      'small.json',
      /small\.json: expected a model with its layers in modelTopology, found none/,
      2,
    );
    await refused(exported(), /conv2d\/kernel\): expected shape \[3,3,3,64\], found \[3,3,3,4\]/, 2);
    await writeFile(join(folder, 'ten.json'), '{"model": {"numClasses": 10}}');
    const hundred = ['--dataset', 'cifar100', '--config', 'ten.json'];
    await refused(exported(), /model\.numClasses: expected 100/, 2, ...hundred);
  });

  test('of an output that Keras or the disk would not take', async () => {
    const before = await readdir(run);
    const named = await callCli(['export', run, '--output', 'weights.h5'], { cwd: folder });
    expect(named.code).toBe(2);
    expect(named.stderr).toContain('--output: expected a name that ends in .weights.h5 or .keras');
    const lost = await callCli(['export', run, '--output', 'small.json/a.weights.h5'], { cwd: folder });
    expect(lost.code).toBe(2);
    expect(lost.stderr).toMatch(
      /^dropout-lab: --output small\.json\/a\.weights\.h5: expected to write a file/,
    );
    expect(await readdir(run)).toEqual(before);
  });
});

test('any checkpoint goes to any file', async () => {
  const output = join(folder, 'chosen.weights.h5');
  const args = ['export', run, '--checkpoint', 'best', '--output', output];
  expect(await callCli(args, { cwd: folder })).toMatchObject({ code: 0 });
  const reader = await openRunDirectory(run);
  const { snapshot } = await reader.loadCheckpoint('best');
  const file = await readFile(output);
  const spec = modelSpecOf(reader.manifest.config);
  expect(await decodeKerasWeights(file, snapshot.weights, spec, output)).toEqual(snapshot.weights);
});
