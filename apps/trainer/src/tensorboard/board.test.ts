import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunConfig, type RunEvent, type RunManifest } from '@dropout-lab/contracts';
import { encodeBoardHead } from '@dropout-lab/interchange';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli } from '../command/testing.ts';
import { boardBeginning, boardEvents } from './board-events.ts';
import { boardContent } from './board-files.ts';

const step = (step: number, loss: number): RunEvent => ({
  kind: 'step',
  time: 1000 * step,
  epoch: 1,
  step,
  stepInEpoch: step,
  stepsPerEpoch: 4,
  loss,
  accuracy: 0.5,
  learningRate: 0.001,
  imagesPerSecond: 10,
});
const epoch = (epoch: number, loss: number): RunEvent => ({
  kind: 'epoch',
  time: 10_000 * epoch,
  epoch,
  step: 4 * epoch,
  logs: { loss, accuracy: 0.25, val_loss: 3, val_accuracy: 0.125 },
  learningRate: 0.002,
  seconds: 1,
});
const manifestOf = (input: object): RunManifest =>
  ({ config: parseRunConfig(input), createdAt: '2026-11-24T03:10:00.000Z' }) as RunManifest;

/** The curves in events, as lines: folder, tag, step, value. */
const linesOf = (manifest: RunManifest, events: readonly RunEvent[]): string[] =>
  events
    .flatMap(boardEvents(manifest))
    .map(({ folder, step, value, time }) =>
      value.kind === 'scalar'
        ? `${folder} ${value.tag} ${step}: ${value.value} at ${time}`
        : `${folder} ${value.kind}`,
    );

test('curves have the names and steps that Keras gives them', () => {
  const events: RunEvent[] = [
    step(3, 2.5),
    epoch(1, 2),
    { kind: 'evaluated', time: 20_000, split: 'test', loss: 1.5, accuracy: 0.75 },
    { kind: 'run-ended', time: 21_000, reason: 'completed', epoch: 1, step: 4, message: '' },
  ];
  expect(linesOf(manifestOf({}), events)).toEqual([
    'train batch_loss 3: 2.5 at 3000',
    'train batch_accuracy 3: 0.5 at 3000',
    'train batch_learning_rate 3: 0.001 at 3000',
    'train epoch_loss 0: 2 at 10000',
    'train epoch_accuracy 0: 0.25 at 10000',
    'train epoch_learning_rate 0: 0.002 at 10000',
    'validation epoch_loss 0: 3 at 10000',
    'validation epoch_accuracy 0: 0.125 at 10000',
    'validation evaluation_loss_vs_iterations 4: 3 at 10000',
    'validation evaluation_accuracy_vs_iterations 4: 0.125 at 10000',
    'test test_loss 0: 1.5 at 20000',
    'test test_accuracy 0: 0.75 at 20000',
    '. end',
  ]);
});

test('a schedule of dropout rates is a curve', () => {
  const dropoutSchedule = { name: 'linear', startFactor: 0, endFactor: 1 };
  const manifest = manifestOf({ dropoutSchedule, epochs: 1, maxSteps: 10 });
  expect(linesOf(manifest, [step(6, 1)]).at(-1)).toBe('train batch_dropout_factor 6: 0.5 at 6000');
});

test('settings are a table by their paths, and the configuration is a text', () => {
  const [settings, text] = boardBeginning(manifestOf({ optimizer: { name: 'sgd' }, seed: 5 }), 'runs/a');
  expect(settings).toMatchObject({
    folder: '.',
    time: Date.parse('2026-11-24T03:10:00.000Z'),
    value: {
      kind: 'settings',
      name: 'runs/a',
      settings: { seed: 5, 'optimizer.name': 'sgd', dataset: 'cifar10' },
    },
  });
  expect(text).toMatchObject({
    value: { tag: 'configuration', text: expect.stringContaining('    "seed": 5') },
  });
});

test('what a resumed run trains again is there once', () => {
  const manifest = manifestOf({});
  const at = { time: 5000, name: 'a' };
  const resumed: RunEvent = { kind: 'run-resumed', time: 30_000, epoch: 1, step: 4 };
  const valid = [step(3, 1), epoch(1, 1), resumed, epoch(2, 7)];
  const all = [step(3, 1), epoch(1, 1), step(5, 9), epoch(2, 9), resumed, epoch(2, 7)];
  expect(boardContent(manifest, all, at)).toEqual(boardContent(manifest, valid, at));
});

describe('of a run', () => {
  let folder: string;
  const run = () => join(folder, 'runs', 'one');
  const board = () => join(folder, 'board');
  beforeAll(async () => {
    folder = temporaryFolder();
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({
        dataset: 'shapes',
        model: { filters: [4], units: [8] },
        epochs: 3,
        batchSize: 50,
        limitTrain: 500,
        limitTest: 100,
        checkpointEverySteps: 3,
      }),
    );
  });

  /** The records of the event files in a folder, without their heads, by the folder that each is in. */
  const recordsIn = async (place: string): Promise<Record<string, string>> => {
    const found = await readdir(place, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile());
    const parts = await Promise.all(
      files.map(async (entry) => {
        expect(entry.name).toMatch(/^events\.out\.tfevents\.\d{10}\.dropout-lab$/);
        const content = await readFile(join(entry.parentPath, entry.name));
        const records = content.subarray(encodeBoardHead(0).length);
        return [entry.parentPath.slice(place.length), records.toString('hex')] as const;
      }),
    );
    // One file in each folder.
    expect(new Set(parts.map(([part]) => part)).size).toBe(parts.length);
    return Object.fromEntries(parts.sort());
  };

  test('a run that was killed and resumed has written, live, what an export has', async () => {
    const options = ['--run-dir', run(), '--tensorboard', board(), '--backend', 'wasm', '--workers', '1'];
    const killed = await runCli(['train', '--config', 'config.json', '--json', ...options], {
      cwd: folder,
      // In the second epoch.
      signal: { name: 'SIGKILL', afterLine: 20, delayMs: 0 },
    });
    expect(killed.code).toBe(null);
    const beforehand = await recordsIn(join(board(), 'one'));
    expect(Object.keys(beforehand)).toEqual(['', '/train', '/validation']);
    // Events of later lines may have come before the kill.
    const epochs =
      Buffer.from(beforehand['/train']!, 'hex').toString('latin1').split('epoch_loss').length - 1;
    expect(epochs).toBeGreaterThanOrEqual(1);
    const resumed = await callCli(['train', '--resume', run(), '--tensorboard', board()], { cwd: folder });
    expect(resumed.code).toBe(0);
    const place = join(folder, 'exported');
    const exported = await callCli(['export', run(), '--format', 'tensorboard', '--output', place], {
      cwd: folder,
    });
    expect(exported).toMatchObject({ code: 0, stdout: `Wrote ${place}: tensorboard --logdir shows it` });
    const live = await recordsIn(join(board(), 'one'));
    expect(Object.keys(live)).toEqual(['', '/test', '/train', '/validation']);
    expect(live).toEqual(await recordsIn(join(place, 'one')));
  }, 60_000);

  test('several runs have a folder each, those of one name too', async () => {
    const place = join(folder, 'both');
    const { code } = await callCli(['export', run(), run(), '--format', 'tensorboard', '--output', place], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect((await readdir(place)).sort()).toEqual(['one', 'one-2']);
  });

  test('a folder that cannot be made is refused before anything is trained', async () => {
    await writeFile(join(folder, 'file'), '');
    const args = ['train', '--config', 'config.json', '--run-dir', 'never', '--tensorboard', 'file/below'];
    const { code, stderr } = await callCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^dropout-lab: --tensorboard file.below: expected a folder to write to, but/),
    ]);
    expect(await readdir(folder)).not.toContain('never');
  });
});
