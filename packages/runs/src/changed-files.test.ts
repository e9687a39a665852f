import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type NamedArray,
  parseRunConfig,
  parseRunManifest,
  type RunEvent,
  type RunManifest,
} from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { decodeRun } from './decode-run.ts';
import { encodeRun, type RunContents } from './encode-run.ts';
import { CheckpointCorruptError, RunChangedError, RunDirectoryError } from './errors.ts';
import { encodeManifest } from './manifest-file.ts';
import { openRunDirectory, resumeRunDirectory } from './run-directory.ts';
import { checkpointAt, manifest as smallManifest } from './testing.ts';
import { saveRunDirectory } from './whole-run.ts';

const manifest: RunManifest = {
  ...smallManifest,
  config: parseRunConfig({
    epochs: 3,
    limitTrain: 1000,
    model: { preset: 'tutorial', dropout: { rate: 0.5 } },
    callbacks: [{ name: 'early_stopping', patience: 5 }],
  }),
  data: { ...smallManifest.data, sha256: { 'test_batch.bin': '12ab' } },
};
const small = (step: number) => checkpointAt(step, 2);
const contents: RunContents = {
  manifest,
  events: [],
  checkpoints: { last: small(2), best: small(1) },
};
const states = ['checkpoints/last/state.json', 'checkpoints/best/state.json'];

/** A run in a folder, one of its files changed. */
const changedRun = async (file: string, change: (text: string) => string): Promise<string> => {
  const path = join(temporaryFolder(), 'run');
  await saveRunDirectory(path, contents);
  const before = readFileSync(join(path, file), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(path, file), after);
  return path;
};

/** The text with another digit in the place of one. */
const withOtherDigit = (text: string, place: number): string =>
  text.slice(0, place) + String((Number(text[place]) + 1) % 10) + text.slice(place + 1);

const digitsOf = (text: string): number[] => [...text.matchAll(/\d/g)].map(({ index }) => index);

test('one digit of run.json or of a state.json, whichever it is, is found', async () => {
  const files = await encodeRun(contents);
  expect(await decodeRun(files, 'run')).toEqual(contents);
  let tried = 0;
  for (const file of ['run.json', ...states]) {
    const text = files[file] as string;
    for (const place of digitsOf(text)) {
      const changed = { ...files, [file]: withOtherDigit(text, place) };
      const error = await decodeRun(changed, 'run').catch((caught) => caught);
      expect(error, `${file}: ${text.slice(place - 30, place + 5)}`).toBeInstanceOf(Error);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(500);
}, 30_000);

test('one digit of the predictions, or of the events before a checkpoint, is found', async () => {
  const events: RunEvent[] = [1, 2].map((step) => ({
    kind: 'epoch',
    time: step,
    epoch: step,
    step,
    logs: { loss: 0.5, accuracy: 0.25 },
    learningRate: 0.1,
    seconds: 1,
  }));
  const predictions = { labels: [0, 1], predicted: [1, 1], confidence: [0.5, 0.75] };
  const path = join(temporaryFolder(), 'run');
  await saveRunDirectory(path, { ...contents, events, predictions });
  const run = await openRunDirectory(path);
  expect((await run.readEvents()).gaps).toBeUndefined();

  const logFile = join(path, 'events.jsonl');
  const log = readFileSync(logFile, 'utf8');
  for (const place of digitsOf(log)) {
    writeFileSync(logFile, withOtherDigit(log, place));
    expect((await run.readEvents()).gaps, log.slice(place - 30, place + 5)).toMatchObject({
      isChanged: true,
    });
  }
  for (const other of ['', 'garbage\n', log.slice(1), log.replace('\n', '\r\n')]) {
    writeFileSync(logFile, other);
    expect((await run.readEvents()).gaps, other).toMatchObject({ isChanged: true });
  }
  // What comes after the checkpoint is not known to it.
  writeFileSync(logFile, `${log}{"kind":"warn`);
  expect((await run.readEvents()).gaps).toBeUndefined();

  const file = join(path, 'predictions.json');
  const text = readFileSync(file, 'utf8');
  for (const place of digitsOf(text)) {
    writeFileSync(file, withOtherDigit(text, place));
    await expect(run.readPredictions(), text.slice(0, place + 5)).rejects.toThrow(RunDirectoryError);
  }
});

describe('a run is not resumed, and what differs is named, when it has', () => {
  test.each<[string, RegExp, string, string]>([
    ['another seed', /("seed": )0/, '$11', 'config.seed is 1 instead of 0'],
    ['another dropout rate', /("rate": 0.)5/, '$16', 'config.model.dropout.rate is 0.6 instead of 0.5'],
    ['another number of workers', /("workers": )1/, '$12', 'backend.workers is 2 instead of 1'],
    [
      'other kernels',
      /("workers": 1)/,
      '$1, "kernels": { "build": "fma", "revectorized": false }',
      'backend.kernels is {"build":"fma","revectorized":false} instead of absent',
    ],
    ['another limit', /("limitTrain": )1/, '$12', 'config.limitTrain is 2000 instead of 1000'],
    [
      'another learning rate',
      /("learningRate": 0.00)1/,
      '$12',
      'config.optimizer.learningRate is 0.002 instead of 0.001',
    ],
    ['another number of epochs', /("epochs": )3/, '$14', 'config.epochs is 4 instead of 3'],
    [
      'other images',
      /("test_batch.bin": ")12ab/,
      '$112aa',
      'data.sha256.test_batch.bin is "12aa" instead of "12ab"',
    ],
    ['a setting that is none', /"patience"/, '"patiense"', 'config.callbacks[0].patiense: expected one of'],
    [
      'no digest of itself',
      /,\s*"digest": "\w+"/,
      '',
      'expected the content that was written (a digest), found',
    ],
  ])('%s', async (_, from, to, named) => {
    const path = await changedRun('run.json', (text) => text.replace(from, to));
    const before = readdirSync(path, { recursive: true });
    for (const open of [openRunDirectory, resumeRunDirectory]) {
      await expect(open(path)).rejects.toThrow(RunChangedError);
      await expect(open(path)).rejects.toThrow(named);
      await expect(open(path)).rejects.toThrow(
        /^[^:]*run\.json: expected the content that was written .*; restore the file from a copy, or start a new run$/,
      );
    }
    expect(readdirSync(path, { recursive: true })).toEqual(before);
  });

  test('the run.json of another run', async () => {
    const other = { ...manifest, config: { ...manifest.config, seed: 7, batchSize: 25 } };
    const text = await encodeManifest(other);
    const path = await changedRun('run.json', () => text);
    const refused = resumeRunDirectory(path);
    await expect(refused).rejects.toThrow(RunChangedError);
    await expect(refused).rejects.toThrow(
      /checkpoints\/last: expected a checkpoint of this run, but it was trained with other settings than those in run\.json: config\.batchSize is 25 instead of 250, config\.seed is 7 instead of 0; restore/,
    );
  });

  test.each(
    states.flatMap((file) => [
      [file, 'another learning rate', /("learningRate":0.00)1(,"learningRateScale)/, '$12$2'] as const,
      [file, 'another memory of a callback', /("early_stopping":\{"step":)\d/, '$19'] as const,
      [file, 'another step', /("stepInEpoch":)\d/, '$19'] as const,
      [file, 'another digest of the weights', /("weights.bin":")\w{3}/, '$1000'] as const,
    ]),
  )('%s with %s', async (file, _, from, to) => {
    const path = await changedRun(file, (text) => text.replace(from, to));
    const error = await resumeRunDirectory(path).catch((caught) => caught);
    expect(error).toBeInstanceOf(CheckpointCorruptError);
    expect(error.message).toMatch(
      /state\.json: expected SHA-256 \w{64}, found \w{64}: the checkpoint is damaged/,
    );
    expect((await openRunDirectory(path)).isBeingWritten()).toBe(false);
  });

  test.each(['last', 'best'])('a damaged file in the checkpoint %s', async (name) => {
    for (const file of ['model.json', 'weights.bin', 'optimizer.bin']) {
      const path = await changedRun(`checkpoints/${name}/${file}`, (text) => `${text} `);
      for (const open of [
        resumeRunDirectory,
        async (at: string) => (await openRunDirectory(at)).requireIntact(),
      ]) {
        await expect(open(path)).rejects.toThrow(CheckpointCorruptError);
        await expect(open(path)).rejects.toThrow(`checkpoints/${name}/${file}: expected SHA-256`);
      }
    }
  });
});

test('how run.json is laid out does not matter', async () => {
  const path = await changedRun('run.json', (text) => JSON.stringify(JSON.parse(text)));
  await (await resumeRunDirectory(path)).close();
});

test('JSON that is nested too deeply for a digest is refused in a sentence', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const path = await changedRun('run.json', (text) => text.replace('"command": [', `"command": [${deep},`));
  await expect(openRunDirectory(path)).rejects.toThrow(RunDirectoryError);
});

describe('files of version 2, which had no digests of themselves,', () => {
  const older = (text: string): string => {
    const { digest: _, run: __, ...rest } = JSON.parse(text);
    return JSON.stringify({ ...rest, schemaVersion: 2 });
  };
  const olderRun = async () => {
    const files = await encodeRun(contents);
    const changed = ['run.json', ...states].map((file) => [file, older(files[file] as string)]);
    return { ...files, ...Object.fromEntries(changed) };
  };

  test('are read', async () => {
    expect(await decodeRun(await olderRun(), 'run')).toEqual(contents);
  });

  test('are resumed, and from the next checkpoint on a change of run.json is found', async () => {
    const path = join(temporaryFolder(), 'run');
    await saveRunDirectory(path, contents);
    for (const [file, content] of Object.entries(await olderRun()))
      writeFileSync(join(path, file), content as string);
    const run = await resumeRunDirectory(path);
    await run.saveCheckpoint('last', small(3));
    await run.close();
    await (await resumeRunDirectory(path)).close();

    const file = join(path, 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed":0', '"seed":1'));
    await expect(resumeRunDirectory(path)).rejects.toThrow('config.seed is 1 instead of 0');
  });

  test('a digit that makes a file one of version 2 does not hide another', async () => {
    const path = await changedRun('run.json', (text) =>
      text.replace('"schemaVersion": 3', '"schemaVersion": 2').replace('"seed": 0', '"seed": 1'),
    );
    await expect(resumeRunDirectory(path)).rejects.toThrow(RunChangedError);
  });
});

test('a checkpoint may be trained on for more epochs than its run had', async () => {
  const longer = { ...manifest, config: { ...manifest.config, epochs: 9 } };
  const text = await encodeManifest(longer);
  const path = await changedRun('run.json', () => text);
  expect(parseRunManifest(JSON.parse(text), 'run.json').config.epochs).toBe(9);
  const run = await resumeRunDirectory(path);
  const weights: readonly NamedArray[] = (await run.loadCheckpoint('last')).snapshot.weights;
  expect(weights).toEqual(small(2).snapshot.weights);
  await run.close();
});
