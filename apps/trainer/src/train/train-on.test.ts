import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHistory, runStatus } from '@dropout-lab/runs';
import { openRunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, checkpointDigests, runCli } from '../command/testing.ts';

/** Four steps an epoch of drawn images. */
const start = (run: string, epochs: number, ...options: string[]): string[] => [
  ...['train', '--run-dir', run, '--dataset', 'shapes', '--limit-train', '50', '--limit-test', '20'],
  ...['--set', 'model.filters=[2,2]', '--set', 'model.units=[4]', '--batch-size', '10'],
  ...['--epochs', `${epochs}`, '--backend', 'wasm', '--workers', '1', '--json', ...options],
];

let folder: string;
const cli = (...args: string[]) => callCli(args, { cwd: folder });
const at = (...path: string[]) => join(folder, ...path);

const withoutSeconds = (csv: string): string => csv.replace(/,[^,\n]*$/gm, '');

const outcome = async (run: string) => {
  const reader = await openRunDirectory(at(run));
  const { events, gaps } = await reader.readEvents();
  return {
    status: runStatus(events),
    gaps,
    config: reader.manifest.config,
    digests: await checkpointDigests(at(run)),
    history: readHistory(events).map(({ seconds, ...metrics }) => metrics),
    csv: await readFile(at(run, 'history.csv'), 'utf8'),
    evaluation: await reader.readEvaluation(),
    predictions: await reader.readPredictions(),
  };
};

beforeAll(async () => {
  folder = temporaryFolder();
  for (const args of [start('six', 6), start('four', 4)]) {
    const { code, stderr } = await cli(...args);
    expect(code, stderr).toBe(0);
  }
});

test('of a run whose events lost an epoch, the best one is of all that were trained', async () => {
  await cp(at('four'), at('lost'), { recursive: true });
  const file = at('lost', 'events.jsonl');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, lines.filter((line) => !/"kind":"epoch".*"epoch":2,/.test(line)).join('\n'));
  const { code, stdout, stderr } = await cli('train', '--resume', 'lost', '--epochs', '6');
  expect(code, stderr).toBe(0);
  expect(stdout + stderr).toContain('lost: events.jsonl lacks epoch 2: ');
  expect(stdout).toMatch(/^Best epoch: [1-6] of 6, by validation loss - /m);
});

describe('a run that is trained on from 4 to 6 epochs ends as one of 6, to the bit:', () => {
  test.each<[string, (run: string) => Promise<unknown>, string[]]>([
    ['completed', (run) => cp(at('four'), at(run), { recursive: true }), ['--epochs', '6']],
    [
      'interrupted',
      (run) => runCli(start(run, 4), { cwd: folder, signal: { name: 'SIGINT', afterLine: 6, delayMs: 0 } }),
      ['--epochs', '6'],
    ],
    // As a kill leaves it that comes after run.json was written.
    ...[['--epochs', '6'], []].map((again): [string, (run: string) => Promise<unknown>, string[]] => [
      `killed when it had just got more epochs, then resumed ${again.join(' ') || 'without --epochs'}`,
      async (run) => {
        await cp(at('four'), at(run), { recursive: true });
        await (await resumeRunDirectory(at(run), { epochs: 6 })).close();
      },
      again,
    ]),
  ])('%s', async (title, prepare, options) => {
    const run = title.replaceAll(' ', '-');
    await prepare(run);
    const { code, stderr } = await cli('train', '--resume', run, ...options);
    expect(code, stderr).toBe(0);
    const [found, expected] = [await outcome(run), await outcome('six')];
    expect(found).toEqual({ ...expected, csv: found.csv });
    expect(withoutSeconds(found.csv)).toBe(withoutSeconds(expected.csv));
    expect(found).toMatchObject({ status: 'completed', gaps: undefined });
  });
});

describe('--epochs beside --resume is refused in a sentence, and nothing is written:', () => {
  const patience = (restoreBestWeights: boolean, epochs: number) =>
    JSON.stringify([{ name: 'early_stopping', patience: epochs, minDelta: 1000, restoreBestWeights }]);
  test.each<[string, string[], string, RegExp]>([
    [
      'fewer than before',
      start('r', 4),
      '3',
      /epochs: expected 4 or more, as many as the run has, received 3;/,
    ],
    ['as many as were done', start('r', 4), '4', /expected a run with training left to do, .*\(completed\)/],
    ['none', start('r', 4), '0', /epochs: expected a whole number above 0, received 0/],
    ['no number', start('r', 4), 'ten', /epochs: expected .* received "?ten/],
    [
      'a run that early stopping has ended',
      start('r', 4, '--set', `callbacks=${patience(false, 1)}`),
      '6',
      /epochs: expected a run that can be extended to 6, but this one was ended by early stopping;/,
    ],
    [
      'a run that has the weights of its best epoch back',
      start('r', 2, '--set', `callbacks=${patience(true, 9)}`),
      '6',
      /epochs: expected a run that can be extended to 6, but .*\(restoreBestWeights\)/,
    ],
    [
      'a run that ends after so many steps',
      start('r', 2, '--max-steps', '7'),
      '6',
      /epochs: expected a run that can be extended to 6, but this one ends after 7 steps \(maxSteps\);/,
    ],
    [
      'a run whose averages depend on its length',
      start('r', 2, '--set', 'averaging.name=lookahead'),
      '6',
      /epochs: expected a run that can be extended to 6, but .*\(lookahead\); start a new run/,
    ],
    [
      'a run whose dropout rates depend on its length',
      start('r', 2, '--set', 'dropoutSchedule.name=late'),
      '6',
      /epochs: expected a run that can be extended to 6, but .*\(late\); start a new run/,
    ],
    [
      'a run whose learning rates depend on its length',
      start('r', 2, '--set', 'schedule.name=one_cycle'),
      '6',
      /epochs: expected a run that can be extended to 6, but .*\(one_cycle\); start a new run/,
    ],
    [
      'a run that has ended with averages',
      start('r', 2, '--set', 'averaging.name=ema'),
      '6',
      /epochs: expected a run that can be extended to 6, but .* the averages of its weights \(ema\)/,
    ],
    [
      'a run that diverged',
      start('r', 4, '--optimizer', 'sgd', '--learning-rate', '1e12', '--max-norm', 'none'),
      '6',
      /epochs: expected a run that can be extended to 6, but this one diverged \(nan\);/,
    ],
    [
      "a run in a study's store",
      start('0123456789abcdef', 4),
      '6',
      /expected a run of its own to train on, but this one is in the store of a study/,
    ],
  ])('%s', async (title, started, epochs, message) => {
    const run = join(title.replaceAll(' ', '-'), started[2]!);
    await cli(...started.with(2, run));
    const files = () =>
      Promise.all(['run.json', 'events.jsonl'].map((file) => readFile(at(run, file), 'utf8')));
    const before = await files();
    const args = ['train', '--resume', run, '--epochs', epochs, '--json'];
    const { code, stdout, stderr } = await cli(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await files()).toEqual(before);
  });
});
