import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRunDirectory } from '@dropout-lab/runs/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli } from '../command/testing.ts';
import { loadClassifier } from '../index.ts';
import { exportFormatNames } from '../model/export/table.ts';

/** More than there are labels of a byte. */
const classNames = Array.from({ length: 300 }, (_, i) => `c${String(i).padStart(3, '0')}`);
const folder = temporaryFolder();
const last = join('many', classNames.at(-1)!, '0.png');

const cli = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await callCli(args, { cwd: folder });
  expect([args, code, code === 0 ? '' : stderr]).toEqual([args, 0, '']);
  return stdout;
};

const json = async (...path: readonly string[]) => JSON.parse(await readFile(join(folder, ...path), 'utf8'));

beforeAll(async () => {
  vi.stubEnv('DROPOUT_LAB_CACHE', join(folder, 'cache'));
  await Promise.all(
    classNames.map(async (name, i) => {
      const background = { r: (i * 37) % 256, g: (i * 101) % 256, b: i % 256 };
      const picture = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer();
      await mkdir(join(folder, 'many', name), { recursive: true });
      for (let n = 0; n < 3; n++) await writeFile(join(folder, 'many', name, `${n}.png`), picture);
    }),
  );
  const small = ['--set', 'model.filters=[2,2]', '--set', 'model.units=[4]', '--backend', 'wasm'];
  const line = ['train', '--images', 'many', '--run-dir', 'run', '--epochs', '1', ...small];
  const { code, stdout, stderr } = await runCli(line, { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toContain('many: 600 images to train on, 300 to test, of 300 classes, 16 x 16 x 3');
}, 120_000);

afterAll(() => {
  vi.unstubAllEnvs();
});

describe('300 classes', () => {
  test('are counted and predicted each by its name', async () => {
    const evaluation = JSON.parse(await cli('evaluate', 'run', '--backend', 'wasm', '--json'));
    expect(evaluation.count).toBe(300);
    const rows: readonly (readonly number[])[] = evaluation.confusion;
    // A test image of each class: labels in bytes would count those from 256 on among the first.
    expect(rows.map((row) => row.reduce((sum, n) => sum + n, 0))).toEqual(classNames.map(() => 1));
    const predicted = JSON.parse(
      await cli('predict', 'run', last, '--backend', 'wasm', '--json', '--top', 'all'),
    );
    const found: readonly { readonly className: string }[] = predicted.classes;
    expect(found.map(({ className }) => className).toSorted()).toEqual(classNames);
  });

  test.each(exportFormatNames)('are exported as %s', async (format) => {
    const output = join(folder, `as.${format}`);
    if (format === 'keras-weights') {
      await cli('export', 'run', '--format', format, '--output', `${output}.weights.h5`);
      return;
    }
    await cli('export', 'run', '--format', format, '--output', output);
    const [best] = JSON.parse(await cli('predict', 'run', last, '--backend', 'wasm', '--json')).classes;
    if (format === 'web') {
      const classify = await loadClassifier(output);
      expect((await classify(await readFile(join(folder, last))))[0]).toMatchObject({
        label: best.className,
        probability: expect.closeTo(best.probability, 5),
      });
    } else if (format === 'hub') {
      expect((await json(`as.${format}`, 'config.json')).class_names).toEqual(classNames);
    } else if (format === 'onnx') {
      expect((await readFile(output)).includes(JSON.stringify(classNames))).toBe(true);
    } else if (format === 'keras' || format === 'safetensors') {
      // Without a word about the pictures, which the file describes.
      await cli('import', output, '--run-dir', `from-${format}`);
      const [from, to] = await Promise.all(
        ['run', `from-${format}`].map((run) => openRunDirectory(join(folder, run))),
      );
      expect(to!.manifest.config.dataset).toEqual(from!.manifest.config.dataset);
      expect(to!.manifest.classNames).toEqual(classNames);
      const [trained, imported] = await Promise.all(
        [from!, to!].map(async (run) => (await run.loadCheckpoint('last')).snapshot.weights),
      );
      // To the bit, and so is what is exported of it again.
      expect(imported).toEqual(trained);
      const bytesOf = async (run: string): Promise<Buffer> => {
        const file = join(folder, `${run}-as-${format}.safetensors`);
        await cli('export', run, '--format', 'safetensors', '--output', file);
        return readFile(file);
      };
      expect(await bytesOf(`from-${format}`)).toEqual(await bytesOf('run'));
    }
  });

  test('are kept as Parquet, and are too many for records of CIFAR', async () => {
    await cli('data', 'export', 'many', '--format', 'parquet', '--to', 'parquet');
    const { code, stderr } = await callCli(
      ['data', 'export', 'many', '--format', 'cifar', '--to', 'cifar', '--size', '32'],
      { cwd: folder },
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      'expected at most 256 classes, since a record has its label in one byte, found 300',
    );
    expect(await cli('data', 'info', 'parquet')).toContain('300 classes');
  });
});

describe('import of images of one’s own', () => {
  test('takes the pictures of --images, where the file says nothing of them', async () => {
    await cli('export', 'run', '--format', 'keras-weights', '--output', 'own.weights.h5');
    await writeFile(
      join(folder, 'model.json'),
      JSON.stringify({ model: (await json('run', 'run.json')).config.model }),
    );
    await cli(
      'import',
      'own.weights.h5',
      ...['--config', 'model.json', '--images', 'many', '--run-dir', 'from-h5'],
    );
    const { config } = await json('run', 'run.json');
    expect((await json('from-h5', 'run.json')).config.dataset).toEqual(config.dataset);
  });

  test('refuses pictures of other classes', async () => {
    for (const [i, name] of ['c000', 'other'].entries()) {
      await mkdir(join(folder, 'others', name), { recursive: true });
      for (let n = 0; n < 3; n++)
        await writeFile(
          join(folder, 'others', name, `${n}.png`),
          await readFile(join(folder, 'many', classNames[i]!, '0.png')),
        );
    }
    await cli('export', 'run', '--format', 'keras', '--output', 'for-others.keras');
    const { code, stderr } = await callCli(
      ['import', 'for-others.keras', '--images', 'others', '--run-dir', 'refused'],
      { cwd: folder },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('numClasses: expected 2, the classes of others, received 300');
  });
});
