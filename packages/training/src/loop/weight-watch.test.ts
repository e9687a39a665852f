import { applyConstraints, findNotFinite, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createReplica, type Replica, train } from '../index.ts';
import { configOf, imageSource, memorySink, noDropout, only, readLate, tinyModel } from '../testing.ts';
import { watchWeights } from './weight-watch.ts';

// 3 steps an epoch.
const source = imageSource('train', { size: 10, batchSize: 4 });
const validation = imageSource('validation', { size: 5, batchSize: 3 });

/** A replica whose gradient of `dense/kernel` has one such number at a step from 0; its loss is as it should be. */
const faulty = (model: LayersModel, faultyStep: number, value: number): Replica => {
  const replica = createReplica(model);
  return {
    ...replica,
    gradients: async (slice, position) => {
      const found = await replica.gradients(slice, position);
      if (position.step !== faultyStep) return found;
      const values = found.gradients[2]!.dataSync().slice();
      values[5] = value;
      const gradient = tf.tensor(values, found.gradients[2]!.shape);
      found.gradients[2]!.dispose();
      return { ...found, gradients: found.gradients.with(2, gradient) };
    },
  };
};

interface Fault {
  readonly step: number;
  readonly value?: number;
  readonly checkpointEverySteps?: number;
  readonly stopAfter?: number;
  /** Whether numbers are read late, as on WebGPU. */
  readonly isLate: boolean;
}
const trainWith = async ({ step, value = Number.NaN, checkpointEverySteps, stopAfter, isLate }: Fault) => {
  const model = tinyModel(noDropout);
  const checkpoints = memorySink();
  const abort = new AbortController();
  const events = train({
    model,
    config: configOf({ epochs: 3, ...(checkpointEverySteps && { checkpointEverySteps }) }),
    train: source,
    validation,
    replica: isLate ? readLate(faulty(model, step, value)) : faulty(model, step, value),
    checkpoints,
    signal: abort.signal,
  });
  const all = [];
  for await (const event of events) {
    all.push(event);
    if (event.kind === 'step' && event.step === stopAfter) abort.abort();
  }
  model.dispose();
  for (const { snapshot } of checkpoints.saved) expect(findNotFinite(snapshot.weights)).toBeUndefined();
  return { events: all, saved: checkpoints.saved };
};

const end = (step: number, epoch: number, stepInEpoch: number) => ({
  kind: 'training-ended',
  reason: 'nan',
  step,
  message: `weight dense/kernel is not finite after step ${stepInEpoch} of epoch ${epoch}: try a lower learning rate`,
});

describe.each([
  ['read at once', false],
  ['read late', true],
])('a weight that an update makes NaN, though the loss is finite, %s', (_, isLate) => {
  test('ends the run before the next update', async () => {
    const { events, saved } = await trainWith({ isLate, step: 4 });
    expect(events.at(-1)).toMatchObject(end(5, 2, 2));
    expect(only('step', events)).toHaveLength(5);
    expect(saved.map(({ name, snapshot }) => [name, snapshot.progress.step])).toEqual([
      ['best', 3],
      ['last', 3],
    ]);
  });

  test('so does one that becomes infinite', async () => {
    const { events } = await trainWith({ isLate, step: 1, value: Number.NEGATIVE_INFINITY });
    expect(events.at(-1)).toMatchObject({ reason: 'nan', step: 2 });
  });

  test('at an epoch’s last step, before validation and checkpoints', async () => {
    const { events, saved } = await trainWith({ isLate, step: 5 });
    expect(events.at(-1)).toMatchObject(end(6, 2, 3));
    expect(only('validating', events)).toHaveLength(1);
    expect(saved.map(({ snapshot }) => snapshot.progress.step)).toEqual([3, 3]);
  });

  test('before the checkpoint of its own step', async () => {
    const { events, saved } = await trainWith({ isLate, step: 1, checkpointEverySteps: 1 });
    expect(events.at(-1)).toMatchObject(end(2, 1, 2));
    expect(saved.map(({ snapshot }) => snapshot.progress.step)).toEqual([1]);
  });

  test('before the checkpoint of an interruption', async () => {
    const { events, saved } = await trainWith({ isLate, step: 4, stopAfter: 5 });
    expect(events.at(-1)).toMatchObject(end(5, 2, 2));
    expect(saved.map(({ snapshot }) => snapshot.progress.step)).toEqual([3, 3]);
  });
});

test('large weights are finite, though their sum is not; no tensor is left', async () => {
  const model = tinyModel(noDropout);
  const kernel = model.getLayer('conv2d').weights[0]!.read() as tf.Variable;
  const watch = watchWeights(model);
  expect(await watch.notFinite()).toBeUndefined();
  const before = tf.memory().numTensors;
  tf.tidy(() => kernel.assign(tf.fill(kernel.shape, 3e38)));
  watch.update();
  expect(await watch.notFinite()).toBeUndefined();
  tf.tidy(() => kernel.assign(tf.mul(kernel, 2)));
  watch.update();
  expect(await watch.notFinite()).toBe('conv2d/kernel');
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('moving statistics are watched too, and constraints keep NaN', async () => {
  const model = tinyModel({ ...noDropout, maxNorm: { value: 1 } });
  const kernel = model.getLayer('dense').weights[0]!.read() as tf.Variable;
  tf.tidy(() => kernel.assign(tf.fill(kernel.shape, Number.NaN)));
  applyConstraints(model);
  expect(findNotFinite(await readWeights(model))?.name).toBe('dense/kernel');
  model.dispose();

  const normalized = sequential({
    layers: [layers.batchNormalization({ name: 'norm', inputShape: [4] }), layers.dense({ units: 3 })],
  });
  const statistics = normalized.getLayer('norm').weights[3]!.read() as tf.Variable;
  tf.tidy(() => statistics.assign(tf.fill(statistics.shape, Number.POSITIVE_INFINITY)));
  const watch = watchWeights(normalized);
  watch.update();
  expect(await watch.notFinite()).toBe('norm/moving_variance');
  normalized.dispose();
});
