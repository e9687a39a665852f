import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tfjsNodeFolder } from '@dropout-lab/backend/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { runCli } from '../command/testing.ts';

const installed = tfjsNodeFolder();

/** Whether node_modules has a tfjs-node, which comes before the cache folder's. */
const hasOwn = (() => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json');
    return true;
  } catch {
    return false;
  }
})();

let cwd: string;
let cache: string;
beforeEach(() => {
  cwd = temporaryFolder();
  cache = join(cwd, 'cache');
});

/** The folder of a tfjs-node in this test's cache. */
const inCache = (): string => join(cache, installed.slice(dirname(dirname(installed)).length));

/** Installs a package of that name. */
const install = async (source: string): Promise<void> => {
  const path = join(inCache(), 'node_modules/@tensorflow/tfjs-node');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "version": "4.22.0" }');
  await writeFile(join(path, 'index.js'), source);
};

const small = ['--set', 'model.filters=[2,2]', '--set', 'model.units=[4]', '--batch-size', '10'];
const images = ['--dataset', 'shapes', '--limit-train', '50', '--limit-test', '20', '--epochs', '2'];

const cli = (args: readonly string[], env: Record<string, string> = {}) =>
  runCli(args, { cwd, env: { DROPOUT_LAB_CACHE: cache, ...env } });
const train = (...args: string[]) => cli(['train', '--run-dir', 'run', ...images, ...small, ...args]);

const backendOf = async (run = 'run'): Promise<string> =>
  JSON.parse(await readFile(join(cwd, run, 'run.json'), 'utf8')).backend.name;

const timesIn = (): Promise<string[]> => readdir(join(cache, 'backend-times')).catch(() => []);

describe.skipIf(hasOwn)('auto, where tfjs-node', () => {
  test('is not installed: wasm, without measuring', async () => {
    const { code, stdout } = await train();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Backend: (webgpu|wasm \(SIMD\): tfjs-node is not installed;)/);
    expect(await timesIn()).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    [
      'has no addon',
      `throw new Error('The addon can not be found')`,
      /^tfjs-node is left out: tfjs-node in .+ could not be loaded: The addon can not be found; set it up again, or use wasm$/m,
    ],
    ['crashes', 'process.abort()', /^tfjs-node is left out: .+ but it ended with SIG(ABRT|ILL)$/m],
    ['ends its process', 'process.exit(7)', /^tfjs-node is left out: .+ but it ended with exit code 7$/m],
  ])('%s: it is left out, by name and with the reason, and nothing is kept', async (_, source, reason) => {
    await install(source);
    const { code, stdout } = await train();
    expect(stdout).toMatch(reason);
    expect(stdout).toMatch(/^Backend: wasm \(SIMD\): the only backend that is left$/m);
    expect([code, await backendOf(), await timesIn()]).toEqual([0, 'wasm', []]);
  });

  test('is asked for by name: nothing is measured', async () => {
    await install('process.exit(7)');
    const { code, stdout } = await train('--backend', 'wasm');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Backend: wasm \(SIMD\): as asked for\n/);
    expect(await timesIn()).toEqual([]);
  });

  test('cannot train what nobody can: refused in a sentence, before anything is measured', async () => {
    await install('process.exit(7)');
    const { code, stdout, stderr } = await train('--set', 'model.filters=[100000,100000]');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(cwd, 'run'))).toBe(false);
  });
});

describe.runIf(existsSync(installed) && process.platform !== 'win32')('with a tfjs-node that works,', () => {
  beforeEach(async () => {
    await mkdir(dirname(inCache()), { recursive: true });
    await symlink(installed, inCache());
  });

  test('auto measures each backend once, takes the fastest, and says the times', async () => {
    const first = await train('--json');
    expect(first.code).toBe(0);
    const line =
      /^Backend: (?:wasm \(SIMD\)|tfjs-node .+): ([\d.]+) s a step; (?:tfjs-node|wasm) ([\d.]+) s; measured now$/m;
    const [, fastest, other] = first.stderr.match(line)!.map(Number);
    expect(fastest).toBeLessThanOrEqual(other!);
    for (const event of first.stdout.split('\n')) expect(JSON.parse(event)).toHaveProperty('kind');

    const [file, ...others] = await timesIn();
    expect(others).toEqual([]);
    const kept = JSON.parse(await readFile(join(cache, 'backend-times', file!), 'utf8'));
    expect(Object.keys(kept.stepSeconds).toSorted()).toEqual(['node', 'wasm']);

    const slow = { ...kept, stepSeconds: { node: 0.5, wasm: 0.25 } };
    await writeFile(join(cache, 'backend-times', file!), JSON.stringify(slow));
    const again = await train('--run-dir', 'again');
    expect(again.stdout).toMatch(
      /^Backend: wasm \(SIMD\): 0\.250 s a step; tfjs-node 0\.500 s; measured earlier\n/,
    );
    expect(await backendOf('again')).toBe('wasm');
    const fast = { ...kept, stepSeconds: { node: 0.1, wasm: 0.25 } };
    await writeFile(join(cache, 'backend-times', file!), JSON.stringify(fast));
    const native = await train('--run-dir', 'native');
    expect(native.stdout).toMatch(
      /^Backend: tfjs-node [^:]+: 0\.100 s a step; wasm 0\.250 s; measured earlier\n/,
    );
    expect(await backendOf('native')).toBe('tensorflow');

    const info = await cli(['info']);
    expect(info.stdout).toMatch(
      /^ {2}a step of tutorial, shapes, batches of 10: node 0\.100 s, wasm 0\.250 s$/m,
    );

    await writeFile(join(cache, 'backend-times', file!), '{"version":1');
    expect((await cli(['info'])).stdout).not.toContain('a step of');
    expect((await train('--run-dir', 'repaired')).stdout).toContain('measured now');
  }, 120_000);

  test('another model is measured by itself, and a cache that cannot be written is named', async () => {
    await writeFile(join(cache, 'backend-times'), 'a file in its place');
    const { code, stdout } = await train();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^backend times: expected a cache folder that can be written, but .+ next time$/m);
    expect(stdout).toMatch(/^Backend: .+ measured now$/m);
  }, 60_000);

  test("a study's runs all have the backend of the first, however the arms compare", async () => {
    const study = {
      name: 'two',
      title: 'Two arms',
      config: { dataset: 'shapes', limitTrain: 50, limitTest: 20, epochs: 1, batchSize: 10 },
      arms: {
        small: { title: 'small', changes: { model: { filters: [2, 2], units: [4] } } },
        large: { title: 'large', changes: { model: { filters: [4, 4], units: [8] } } },
      },
    };
    await writeFile(join(cwd, 'two.json'), JSON.stringify(study));
    const { code, stdout, stderr } = await cli(['study', 'run', 'two.json', '--store', 'store']);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/measured now/g)).toHaveLength(1);
    const runs = (await readdir(join(cwd, 'store'))).filter((name) => /^[0-9a-f]{16}$/.test(name));
    expect(runs).toHaveLength(2);
    const [one, two] = await Promise.all(runs.map((run) => backendOf(join('store', run))));
    expect(one).toBe(two);
    expect(await timesIn()).toHaveLength(1);
  }, 60_000);

  describe('a training on it, in a process with an allocator that keeps memory,', () => {
    test('has the output, the files and the exit code of one in this process', async () => {
      const own = await train('--backend', 'node', '--json');
      // Keeps the command from starting another process.
      const here = await cli(
        ['train', '--run-dir', 'here', ...images, ...small, '--backend', 'node', '--json'],
        { MALLOC_TRIM_THRESHOLD_: '131072' },
      );
      expect([own.code, here.code]).toEqual([0, 0]);
      const withoutTimes = (text: string): string =>
        text.replace(/"(time|seconds|imagesPerSecond)":[\d.]+/g, '').replaceAll('here', 'run');
      expect(withoutTimes(own.stdout)).toBe(withoutTimes(here.stdout));
      const lines = (text: string): string[] =>
        text.split('\n').map((line) => line.replace(/ [\d.]+s | \(.*/, ''));
      expect(lines(own.stderr.replaceAll('here', 'run')).filter((line) => /^[A-Z]\w+: /.test(line))).toEqual(
        lines(here.stderr.replaceAll('here', 'run')).filter((line) => /^[A-Z]\w+: /.test(line)),
      );
    }, 60_000);

    test('is interrupted with a checkpoint, and resumed', async () => {
      const args = [
        'train',
        '--run-dir',
        'run',
        ...images,
        ...small,
        '--backend',
        'node',
        '--epochs',
        '200',
        '--json',
      ];
      const { code, stderr } = await runCli(args, {
        cwd,
        env: { DROPOUT_LAB_CACHE: cache },
        signal: { name: 'SIGINT', afterLine: 8, delayMs: 0 },
      });
      expect(code).toBe(130);
      expect(stderr.match(/^Stopped: interrupted/gm)).toHaveLength(1);
      expect(stderr).toMatch(/^Resume with: .*--resume run$/m);
      expect(await readdir(join(cwd, 'run', 'checkpoints'))).toContain('last');
      const resumed = await cli(['train', '--resume', 'run', '--epochs', '1']);
      expect(resumed.code).toBe(2);
      expect(resumed.stderr).toMatch(/^dropout-lab: run: epochs: expected 200 or more, .*\n$/);
    }, 60_000);

    test('is refused in one sentence, exit code 2', async () => {
      await mkdir(join(cwd, 'run'));
      await writeFile(join(cwd, 'run', 'note'), '');
      const { code, stderr } = await train('--backend', 'node');
      expect(code).toBe(2);
      expect(stderr).toMatch(/^dropout-lab: run: expected no such folder yet, but it exists; .*\n$/);
    }, 60_000);
  });
});
