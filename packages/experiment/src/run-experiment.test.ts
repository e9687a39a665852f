import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import type { RunConfigInput, RunEvent } from '@dropout-lab/contracts';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import {
  createMemoryRun,
  type MemoryRun,
  RunDirectoryError,
  readHistory,
  runStatus,
} from '@dropout-lab/runs';
import {
  createRunDirectory,
  openRunDirectory,
  type RunDirectory,
  resumeRunDirectory,
} from '@dropout-lab/runs/node';
import { createReplica, evaluate } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ExperimentOptions, runExperiment } from './index.ts';
import { collect, manifestOf, newPath, prepare, readFiles, steadyClock, writeFiles } from './testing.ts';

// On cpu it takes four times as long.
beforeAll(() => startBackend('wasm'));

/** The files of a whole run. */
const allFiles = [
  ...['best', 'last'].flatMap((name) =>
    ['model.json', 'optimizer.bin', 'state.json', 'weights.bin'].map((file) => `checkpoints/${name}/${file}`),
  ),
  'evaluation.json',
  'events.jsonl',
  'history.csv',
  'predictions.json',
  'run.json',
];

/** A run in memory, with what it leaves there. */
const inMemory = (changes: RunConfigInput = {}, options: Partial<ExperimentOptions> = {}) => {
  const { config, data } = prepare(changes);
  let run: MemoryRun | undefined;
  const events = runExperiment({
    config,
    data,
    now: steadyClock(),
    open: ({ workers }) => {
      run = createMemoryRun(manifestOf(config, data, workers));
      return { run };
    },
    ...options,
  });
  return { events, files: () => run!.files() };
};

/** A run in a new directory. */
const inDirectory = (
  path: string,
  changes: RunConfigInput = {},
  options: Partial<ExperimentOptions> = {},
) => {
  const { config, data } = prepare(changes);
  return runExperiment({
    config,
    data,
    now: steadyClock(),
    open: async ({ workers }) => ({
      run: await createRunDirectory(path, manifestOf(config, data, workers)),
    }),
    ...options,
  });
};

/** Resumes the run in a directory, from its last checkpoint where it has one. */
const resumed = (path: string, changes: RunConfigInput = {}) =>
  inDirectory(path, changes, {
    open: async () => {
      const run = await resumeRunDirectory(path);
      const hasBegun = await run.hasCheckpoint('last');
      return { run, resumeFrom: hasBegun ? (await run.loadCheckpoint('last')).snapshot : undefined };
    },
  });

/** Aborts when the event comes that `isMoment` is true of. */
const abortedAt = async (
  isMoment: (event: RunEvent) => boolean,
  start: (signal: AbortSignal) => AsyncIterable<RunEvent>,
): Promise<RunEvent[]> => {
  const controller = new AbortController();
  const events: RunEvent[] = [];
  for await (const event of start(controller.signal)) {
    events.push(event);
    if (isMoment(event)) controller.abort();
  }
  return events;
};

const kindsOf = (events: readonly RunEvent[]) => events.map(({ kind }) => kind);

/** Files that say nothing of when, and how often, the run was stopped. */
const timeless = (files: Record<string, string | Uint8Array>) =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => /weights\.bin|optimizer\.bin|evaluation|predictions|history/.test(path))
      .map(([path, content]) => [path, Buffer.from(content as string)]),
  );

describe('a run', () => {
  test('leaves in a directory what it leaves in memory, byte for byte', async () => {
    const tensors = tf.memory().numTensors;
    const { events, files } = inMemory();
    const said = await collect(events);
    const path = newPath();
    expect(await collect(inDirectory(path))).toEqual(said);
    expect(tf.memory().numTensors).toBe(tensors);

    const written = readFiles(path);
    expect(Object.keys(written).sort()).toEqual(allFiles);
    const kept = Object.entries(await files()).map(([file, content]) => [
      file,
      Buffer.from(content as string),
    ]);
    expect(Object.fromEntries(kept)).toEqual(written);
    expect((await (await openRunDirectory(path)).readEvents()).events).toEqual(said);
  });

  test('is evaluated on the test images with its last weights, then ends', async () => {
    const path = newPath();
    const events = await collect(inDirectory(path));
    expect(kindsOf(events).slice(-3)).toEqual(['checkpoint', 'evaluated', 'run-ended']);
    expect(events.at(-1)).toMatchObject({ reason: 'completed', epoch: 2, step: 8, message: '2 epochs' });

    const { config, data } = prepare();
    const run = await openRunDirectory(path);
    const model = buildModel(modelSpecOf(config), config.seed);
    writeWeights(model, (await run.loadCheckpoint('last')).snapshot.weights);
    const expected = await evaluate(createReplica(model), data.test);
    model.dispose();
    const { loss, accuracy, count } = (await run.readEvaluation())!;
    expect({ loss, accuracy, count }).toEqual({
      ...expected,
      loss: expect.closeTo(expected.loss, 6),
      count: 20,
    });
    expect(events.at(-2)).toMatchObject({ split: 'test', loss, accuracy });
    const { labels, predicted, validation } = (await run.readPredictions())!;
    expect(labels.filter((label, i) => label === predicted[i])).toHaveLength(accuracy * count);
    const { val_accuracy } = readHistory((await run.readEvents()).events).at(-1)!;
    const right = validation!.labels.filter((label, i) => label === validation!.predicted[i]);
    expect(right.length / validation!.labels.length).toBe(val_accuracy);
  });

  test('that stops early is evaluated too', async () => {
    const callbacks = [{ name: 'early_stopping', patience: 1, minDelta: 100 }] as const;
    const events = await collect(inMemory({ epochs: 5, callbacks: [...callbacks] }).events);
    expect(kindsOf(events).slice(-2)).toEqual(['evaluated', 'run-ended']);
    expect(events.at(-1)).toMatchObject({ reason: 'early_stopping', epoch: 2 });
  });

  test('that diverges is not', async () => {
    const { events, files } = inMemory({
      model: { filters: [2, 2], units: [4], maxNorm: null },
      optimizer: { name: 'sgd', learningRate: 1e30 },
    });
    const said = await collect(events);
    expect(said.at(-1)).toMatchObject({ kind: 'run-ended', reason: 'nan', epoch: 0 });
    expect(kindsOf(said)).not.toContain('evaluated');
    expect(Object.keys(await files())).toEqual(['run.json', 'events.jsonl']);
  });

  test('opens nothing when its model cannot be built, and trains nothing when it cannot be opened', async () => {
    const tensors = tf.memory().numTensors;
    let opened = 0;
    const open: ExperimentOptions['open'] = () => {
      opened += 1;
      throw new RunDirectoryError('no room for a run');
    };
    await expect(collect(inMemory({ model: { maxNorm: { axis: 3 } } }, { open }).events)).rejects.toThrow(
      "max-norm's axis",
    );
    expect(opened).toBe(0);
    await expect(collect(inMemory({}, { open }).events)).rejects.toThrow('no room for a run');
    expect(opened).toBe(1);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('a run that is interrupted ends, resumed, as one that is not', () => {
  const isStep = (step: number) => (event: RunEvent) => event.kind === 'step' && event.step === step;

  test('in memory, then put into a folder and resumed there', async () => {
    const whole = inMemory();
    await collect(whole.events);
    let first = whole;
    const stopped = await abortedAt(isStep(6), (signal) => {
      first = inMemory({}, { signal });
      return first.events;
    });
    expect(stopped.at(-1)).toMatchObject({ kind: 'run-ended', reason: 'interrupted', epoch: 1, step: 6 });
    expect(Object.keys(await first.files())).not.toContain('evaluation.json');

    const path = newPath();
    writeFiles(path, await first.files());
    const events = await collect(resumed(path));
    expect(events[0]).toMatchObject({ kind: 'run-resumed', epoch: 1, step: 6 });
    expect(timeless(readFiles(path))).toEqual(timeless(await whole.files()));
  });

  test('with every augmentation, whole batches only, and test images seen in six views', async () => {
    const changes: RunConfigInput = {
      augmentation: {
        flip: 'alternating',
        crop: 3,
        cropFill: 'reflect',
        cutout: 4,
        mixup: 0.3,
        cutmix: 1,
      },
      dropRemainder: true,
      batchSize: 12,
      testTimeAugmentation: 'flip_shift',
    };
    const whole = inMemory(changes);
    await collect(whole.events);
    let first = whole;
    await abortedAt(isStep(5), (signal) => {
      first = inMemory(changes, { signal });
      return first.events;
    });
    const path = newPath();
    writeFiles(path, await first.files());
    const events = await collect(resumed(path, changes));
    expect(events[0]).toMatchObject({ kind: 'run-resumed', epoch: 1, step: 5 });
    expect(timeless(readFiles(path))).toEqual(timeless(await whole.files()));
  });

  test('before its evaluation, which is done then', async () => {
    const whole = inMemory();
    await collect(whole.events);
    const path = newPath();
    const isLastCheckpoint = (event: RunEvent) =>
      event.kind === 'checkpoint' && event.name === 'last' && event.step === 8;
    const stopped = await abortedAt(isLastCheckpoint, (signal) => inDirectory(path, {}, { signal }));
    expect(stopped.at(-1)).toMatchObject({
      kind: 'run-ended',
      reason: 'interrupted',
      message: 'interrupted in the evaluation on the test images',
    });
    expect(kindsOf(await collect(resumed(path))).slice(-2)).toEqual(['evaluated', 'run-ended']);
    expect(timeless(readFiles(path))).toEqual(timeless(await whole.files()));
  });
});

describe('a run that fails', () => {
  test('says so where it is kept, throws why, and can be resumed', async () => {
    const tensors = tf.memory().numTensors;
    const path = newPath();
    const inTheWay = join(path, 'checkpoints', `last.tmp-${process.pid}`);
    const events: RunEvent[] = [];
    const failing = async (): Promise<void> => {
      for await (const event of inDirectory(path)) {
        events.push(event);
        if (event.kind !== 'step' || event.step !== 6) continue;
        // No place for the next checkpoint.
        writeFileSync(inTheWay, '');
      }
    };
    const error = await failing().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunDirectoryError);
    expect(tf.memory().numTensors).toBe(tensors);
    const { message } = error as Error;
    expect(events.at(-1)).toMatchObject({ kind: 'run-ended', reason: 'failed', epoch: 2, step: 8, message });
    const kept = (await (await openRunDirectory(path)).readEvents()).events;
    expect(kept).toEqual(events);
    expect(runStatus(kept)).toBe('failed');

    expect((await collect(resumed(path))).at(-1)).toMatchObject({ reason: 'completed', step: 8 });
  });

  test('throws what failed first when its end cannot be written either', async () => {
    const path = newPath();
    const opened: RunDirectory[] = [];
    const { config, data } = prepare();
    const open: ExperimentOptions['open'] = async () => {
      const run = await createRunDirectory(path, manifestOf(config, data, 1));
      opened.push(run);
      let room = 3;
      const append = (event: RunEvent): void => {
        if (room === 0) throw new RunDirectoryError(`no room for ${event.kind}`);
        room -= 1;
        run.append(event);
      };
      return { run: { ...run, append } };
    };
    const events: RunEvent[] = [];
    const failing = async (): Promise<void> => {
      for await (const event of inDirectory(path, {}, { open })) events.push(event);
    };
    await expect(failing()).rejects.toThrow('no room for step');
    expect(events.at(-1)).toMatchObject({ reason: 'failed', step: 2, message: 'no room for step' });
    expect(opened[0]!.isBeingWritten()).toBe(false);
  });
});

test('a run that its reader walks away from is closed, without an end, and can be resumed', async () => {
  const tensors = tf.memory().numTensors;
  const path = newPath();
  for await (const event of inDirectory(path)) if (event.kind === 'step' && event.step === 5) break;
  expect(tf.memory().numTensors).toBe(tensors);
  const run = await openRunDirectory(path);
  expect(run.isBeingWritten()).toBe(false);
  expect(runStatus((await run.readEvents()).events)).toBe('running');
  expect((await collect(resumed(path))).at(-1)).toMatchObject({ reason: 'completed', step: 8 });
});
