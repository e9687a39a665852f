import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHistory, recordRun } from './reproduce/record.mjs';
import { differencesOf, reproduce } from './reproduce/reproduce.mjs';
import { runNode } from './run-node.ts';
import { repository } from './spawn-turbo.mjs';
import { temporaryFolder } from './temporary-folder.ts';

test('the first epoch of the short history is reproduced to the last digit, by one worker and by two', {
  timeout: 600_000,
}, async () => {
  const history = readHistory('short');
  for (const workers of ['1', '2']) {
    const reproduced = await reproduce(history, { epochs: 1, workers, isQuiet: true });
    expect(reproduced.expected).toHaveLength(1);
    expect(reproduced.found).toEqual(reproduced.expected);
  }
});

test.each(['short', 'tutorial'])('the history %s is whole', (name) => {
  const { rows, commit, machine } = readHistory(name);
  expect(rows.length).toBeGreaterThan(0);
  for (const [i, row] of rows.entries()) expect(row).toMatch(new RegExp(`^${i}(,\\d+\\.\\d+){4}$`));
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(machine).toMatch(/cores/);
});

test('a digit that differs is named with its epoch', () => {
  expect(differencesOf({ expected: ['0,0.5', '1,0.6'], found: ['0,0.5', '1,0.7'] })).toEqual([
    'epoch 2: expected 1,0.6, found 1,0.7',
  ]);
  expect(differencesOf({ expected: ['0,0.5'], found: [] })).toEqual(['epoch 1: expected 0,0.5, found none']);
});

describe('keeping a run', () => {
  const manifest = (changes: object) => ({
    ...{ schemaVersion: 3, id: 'a', createdAt: '2026-11-26T00:00:00.000Z', config: { epochs: 2 } },
    classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    hardware: { cpu: 'a processor', cores: 2, memoryBytes: null, platform: 'linux x64' },
    data: { dataset: 'cifar10', sha256: {}, trainImages: 8, validationImages: 2, testImages: 10 },
    ...{ versions: {}, command: [], commit: 'c'.repeat(40) },
    backend: { name: 'wasm', description: 'wasm (SIMD)', workers: 2 },
    ...changes,
  });
  const runOf = (changes: object): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), JSON.stringify(manifest(changes)));
    writeFileSync(join(folder, 'history.csv'), 'epoch,loss\n0,0.5\n1,0.25\n');
    return folder;
  };

  test('its history and configuration are read again', () => {
    const root = temporaryFolder();
    recordRun('mine', runOf({}), root);
    expect(readHistory('mine', root)).toMatchObject({
      config: { epochs: 2 },
      rows: ['0,0.5', '1,0.25'],
      backend: 'wasm',
      machine: 'a processor, 2 cores, linux x64',
    });
    expect(readFileSync(join(root, 'mine', 'run.json'), 'utf8')).not.toContain('class 1');
  });

  test.each([
    ['tfjs-node', { name: 'tensorflow', description: 'tfjs-node', workers: 1 }],
    [
      'kernels whose bits depend on the processor',
      {
        ...{ name: 'wasm', description: 'wasm (SIMD, fma)', workers: 1 },
        kernels: { build: 'fma', revectorized: false },
      },
    ],
  ])('of %s is refused', (_, backend) => {
    expect(() => recordRun('mine', runOf({ backend }), temporaryFolder())).toThrow(
      'expected a run on wasm with plain kernels, or on cpu, whose digits are the same everywhere, found ',
    );
  });

  test('a folder that is no run, and a name that is no name, are refused', () => {
    expect(() => recordRun('mine', temporaryFolder())).toThrow(
      'expected a run directory, found no run.json in it',
    );
    expect(() => recordRun('../x', temporaryFolder())).toThrow('expected a name of lower-case letters');
  });
});

describe('the command', () => {
  const main = join(repository, 'scripts/reproduce/main.mjs');

  test.each<[string, readonly string[], RegExp]>([
    ['no name', [], /^expected the name of one history, as in npm run reproduce tutorial$/m],
    [
      'a name that there is not',
      ['other'],
      /^expected the name of a history in docs\/results\/reproducible \(short, tutorial\), received "other"$/m,
    ],
    [
      'too many epochs',
      ['short', '--epochs', '99'],
      /^--epochs: expected a whole number from 1 to 2, .* received 99$/m,
    ],
    ['an option that there is not', ['short', '--seed', '1'], /Unknown option '--seed'/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await runNode([main, ...args], { cwd: repository });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
