import { findNotFinite, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createReplica, type Replica, type TrainingEvent, train } from '../index.ts';
import { collect, configOf, imageSource, memorySink, only, readLate, tinyModel } from '../testing.ts';
import { createUnreadSteps } from './unread-steps.ts';

// 7 steps an epoch.
const source = imageSource('train', { size: 26, batchSize: 4 });
const validation = imageSource('validation', { size: 5, batchSize: 3 });
const config = configOf({
  epochs: 2,
  checkpointEverySteps: 5,
  optimizer: { name: 'adam', learningRate: 0.01 },
});

/** Counts the steps whose gradients have been asked for. */
const counting = (replica: Replica) => {
  let asked = 0;
  return {
    asked: () => asked,
    replica: {
      ...replica,
      gradients: (...args: Parameters<Replica['gradients']>) => {
        asked += 1;
        return replica.gradients(...args);
      },
    } satisfies Replica,
  };
};

/** A training, on a clock by which a computed step takes some seconds. */
const trained = async (
  isLate: boolean,
  {
    stepSeconds = 0,
    lossAt = (_: number, loss: number) => loss,
    stopAfter,
  }: {
    readonly stepSeconds?: number;
    readonly lossAt?: (step: number, loss: number) => number;
    readonly stopAfter?: number;
  } = {},
) => {
  const model = tinyModel();
  const before = tf.memory().numTensors;
  const { asked, replica: counted } = counting(createReplica(model));
  const replica: Replica = {
    ...counted,
    gradients: async (batch, position) => {
      const found = await counted.gradients(batch, position);
      // A sum of slices, which there are none of on WebGPU, is a float64.
      return { ...found, loss: Math.fround(lossAt(position.step, found.loss)) };
    },
  };
  const abort = new AbortController();
  const checkpoints = memorySink();
  const events: TrainingEvent[] = [];
  /** The steps that had been computed when each step's event came. */
  const computed: number[] = [];
  for await (const event of train({
    model,
    config,
    train: source,
    validation,
    checkpoints,
    replica: isLate ? readLate(replica) : replica,
    signal: abort.signal,
    now: () => 1000 * stepSeconds * asked(),
  })) {
    events.push(event);
    if (event.kind !== 'step') continue;
    computed.push(asked());
    if (event.step === stopAfter) abort.abort();
  }
  const weights = await readWeights(model);
  for (const { snapshot } of checkpoints.saved) expect(findNotFinite(snapshot.weights)).toBeUndefined();
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  return { events, computed, weights, saved: checkpoints.saved };
};

test('read late, a run is what it is read at once: events, checkpoints, weights', async () => {
  const [late, once] = [await trained(true), await trained(false)];
  expect(only('step', late.events)).toHaveLength(14);
  expect(late.events).toEqual(once.events);
  expect(late.saved).toEqual(once.saved);
  expect(late.weights).toEqual(once.weights);
  // One alone, as nothing has been measured; as many as there are before the checkpoint, and before the epoch's end.
  expect(once.computed).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  expect(late.computed).toEqual([1, 5, 5, 5, 5, 7, 7, 10, 10, 10, 14, 14, 14, 14]);
});

test('as many steps are read together as take half a second', async () => {
  const [late, once] = [
    await trained(true, { stepSeconds: 0.2 }),
    await trained(false, { stepSeconds: 0.2 }),
  ];
  expect(late.computed).toEqual([1, 3, 3, 5, 5, 7, 7, 9, 9, 10, 12, 12, 14, 14]);
  const stepsOf = ({ events }: typeof late) =>
    only('step', events).map(({ time, imagesPerSecond, ...step }) => ({
      ...step,
      time: expect.closeTo(time, 6),
      imagesPerSecond: expect.closeTo(imagesPerSecond, 6),
    }));
  expect(only('step', late.events)).toEqual(stepsOf(once));
  const slow = await trained(true, { stepSeconds: 0.6 });
  expect(slow.computed).toEqual(once.computed);
});

describe('a loss that is not finite', () => {
  test.each([
    [0, 'loss NaN at step 1 of epoch 1: try a lower learning rate'],
    [3, 'loss NaN at step 4 of epoch 1: try a lower learning rate'],
    [8, 'loss NaN at step 2 of epoch 2: try a lower learning rate'],
    [13, 'loss NaN at step 7 of epoch 2: try a lower learning rate'],
  ])('at step %d, counted from 0, ends the run, which says so', async (step, message) => {
    const lossAt = (at: number, loss: number) => (at === step ? Number.NaN : loss);
    const [late, once] = [await trained(true, { lossAt }), await trained(false, { lossAt })];
    expect(late.events.at(-1)).toMatchObject({ kind: 'training-ended', reason: 'nan', step, message });
    expect(late.events).toEqual(once.events);
    expect(late.saved).toEqual(once.saved);
  });
});

test('interrupted, it has the steps that had been computed, and resumes from their weights', async () => {
  const { events, saved } = await trained(true, { stopAfter: 6 });
  expect(events.at(-1)).toMatchObject({
    reason: 'interrupted',
    step: 7,
    message: 'interrupted in epoch 1 after 7 of 7 steps',
  });
  const model = tinyModel();
  const replica = readLate(createReplica(model));
  const { snapshot } = saved.at(-1)!;
  const rest = await collect(
    train({ model, config, train: source, validation, replica, resumeFrom: snapshot }),
  );
  expect(only('step', rest).map(({ step }) => step)).toEqual([8, 9, 10, 11, 12, 13, 14]);
  const whole = await trained(false);
  expect(await readWeights(model)).toEqual(whole.weights);
  model.dispose();
});

test('steps that were never read leave no tensor', () => {
  const before = tf.memory().numTensors;
  const steps = createUnreadSteps();
  steps.add({ loss: tf.scalar(1), correct: tf.scalar(2), sums: tf.zeros([3]), count: 4, learningRate: 1 });
  expect([steps.length, steps.isFull]).toEqual([1, true]);
  steps.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
