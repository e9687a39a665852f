import { ConfigError, parseRunConfig } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { CheckpointCorruptError, RunDirectoryError } from '../errors.ts';
import { checkpointAt, manifest } from '../testing.ts';
import {
  type CheckpointContents,
  decodeCheckpoint,
  decodeState,
  encodeCheckpoint,
} from './checkpoint-format.ts';

const checkpoint = checkpointAt(7);
const { config } = manifest;
const encoded = await encodeCheckpoint(checkpoint, manifest);
const refusal = (changed: Partial<CheckpointContents>) => () =>
  decodeCheckpoint({ ...encoded, ...changed }, config, 'last');

test('a round trip keeps every bit, of unusual numbers too', async () => {
  const values = Float32Array.of(0, -0, 1e-45, -3.4028235e38, Number.NaN, Number.POSITIVE_INFINITY, 0.1, 1);
  const unusual = {
    ...checkpoint,
    snapshot: { ...checkpoint.snapshot, weights: [{ name: 'w', shape: [2, 4], values }] },
  };
  const decoded = decodeCheckpoint(await encodeCheckpoint(unusual, manifest), config, 'last');
  expect(decoded).toEqual(unusual);
  expect(new Uint32Array(decoded.snapshot.weights[0]!.values.buffer)).toEqual(new Uint32Array(values.buffer));
});

test('arrays that are views of a part of a buffer, and bytes that begin at an odd offset, are read right', async () => {
  const buffer = Float32Array.of(9, 1, 2, 9);
  const weights = [{ name: 'w', shape: [2], values: buffer.subarray(1, 3) }];
  const contents = await encodeCheckpoint(
    { ...checkpoint, snapshot: { ...checkpoint.snapshot, weights } },
    manifest,
  );
  expect(contents['weights.bin']).toHaveLength(8);
  const shifted = new Uint8Array(9);
  shifted.set(contents['weights.bin'], 1);
  const decoded = decodeCheckpoint({ ...contents, 'weights.bin': shifted.subarray(1) }, config, 'last');
  expect([...decoded.snapshot.weights[0]!.values]).toEqual([1, 2]);
});

test('a snapshot without slots is a checkpoint too', async () => {
  const plain = { ...checkpoint, snapshot: { ...checkpoint.snapshot, slots: [] } };
  expect(decodeCheckpoint(await encodeCheckpoint(plain, manifest), config, 'last')).toEqual(plain);
});

test('model.json is the stock tfjs-layers format', () => {
  expect(JSON.parse(encoded['model.json'])).toEqual({
    format: 'layers-model',
    generatedBy: 'dropout-lab',
    convertedBy: null,
    modelTopology: checkpoint.modelTopology,
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'conv1/kernel', shape: [1000], dtype: 'float32' },
          { name: 'conv1/bias', shape: [8], dtype: 'float32' },
        ],
      },
    ],
  });
});

test('refuses to write arrays that could not be read back', async () => {
  const write = (...weights: { name: string; shape: number[]; values: Float32Array }[]) =>
    expect(encodeCheckpoint({ ...checkpoint, snapshot: { ...checkpoint.snapshot, weights } }, manifest))
      .rejects;
  const one = { name: 'w', shape: [1], values: new Float32Array(1) };
  await write({ ...one, shape: [2, 3] }).toThrow(
    new RunDirectoryError('checkpoint: w: expected 6 values for shape [2,3], found 1'),
  );
  await write(one, one).toThrow('checkpoint: expected one array named w, found two');
});

test('damage is reported with the file, what was expected and what was found', () => {
  expect(refusal({ 'weights.bin': encoded['weights.bin'].subarray(1) })).toThrow(
    'last/weights.bin: expected 4032 bytes, found 4031 bytes: the checkpoint is damaged',
  );
  expect(refusal({ 'optimizer.bin': new Uint8Array(0) })).toThrow(CheckpointCorruptError);
  expect(refusal({ 'state.json': encoded['state.json'].slice(0, -1) })).toThrow(CheckpointCorruptError);
  expect(refusal({ 'model.json': '' })).toThrow(
    'last/model.json: expected JSON, found 0 characters that are not JSON',
  );
});

test('JSON of another form is refused by the value at fault', () => {
  const newer = { ...JSON.parse(encoded['state.json']), schemaVersion: 4 };
  expect(refusal({ 'state.json': JSON.stringify(newer) })).toThrow(ConfigError);
  expect(refusal({ 'state.json': JSON.stringify(newer) })).toThrow(
    'last/state.json: expected schemaVersion 3 or older, received 4: it was made by a newer dropout-lab; update dropout-lab to read it',
  );
});

describe('state.json of version 1, with the states of callbacks in a list', () => {
  const stateOf = (callbacks: unknown[], slots: string[] = []) =>
    JSON.stringify({
      schemaVersion: 1,
      progress: { ...checkpoint.snapshot.progress, callbacks },
      slots: slots.map((name) => ({ name, shape: [2] })),
      sha256: { 'model.json': '', 'weights.bin': '', 'optimizer.bin': '' },
    });
  const stopping = parseRunConfig({
    callbacks: [{ name: 'early_stopping' }, { name: 'reduce_lr_on_plateau' }, { name: 'early_stopping' }],
  });

  test.each<[string, unknown[]]>([
    ['as Node and the page wrote it', [1, 2, 3, ['csv'], 4]],
    ['as a program wrote it, without the CSV log', [1, 2, 3, 4]],
  ])('%s', (_, states) => {
    const slots = ['m/w', 'callback/0/w', 'callback/2/w'];
    const state = decodeState(stateOf(states, slots), stopping, 'last');
    expect(state.progress.callbacks).toEqual({
      early_stopping: 1,
      reduce_lr_on_plateau: 2,
      early_stopping_1: 3,
      best_checkpoint: 4,
    });
    expect(state.slots.map(({ name }) => name)).toEqual([
      'm/w',
      'callback/early_stopping/w',
      'callback/early_stopping_1/w',
    ]);
  });

  test('callbacks of a program’s own, which nobody knows, keep their places', () => {
    const state = decodeState(stateOf([1, 2, 3, 4]), parseRunConfig({}), 'last');
    expect(state.progress.callbacks).toEqual({
      callback_0: 1,
      callback_1: 2,
      callback_2: 3,
      best_checkpoint: 4,
    });
  });
});
