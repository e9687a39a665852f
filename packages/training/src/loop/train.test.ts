import type { Batch, BatchSource, NamedArray } from '@dropout-lab/contracts';
import { readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { earlyStopping, type Replica, TrainingError, type TrainingEvent, train } from '../index.ts';
import {
  collect,
  configOf,
  imageSource,
  memorySink,
  noDropout,
  numClasses,
  only,
  tinyModel,
} from '../testing.ts';

// 10 images in batches of 4, 4 and 2.
const source = imageSource('train', { size: 10, batchSize: 4 });
const validation = imageSource('validation', { size: 5, batchSize: 3 });
const kinds = (events: readonly TrainingEvent[]) => events.map((event) => event.kind);

/** Summed crossentropy and number right, from the model's own softmax outputs. */
const sumsOf = (model: LayersModel, { images, labels, size }: Batch) =>
  tf.tidy(() => {
    const shape = [size, ...(model.inputs[0]!.shape.slice(1) as number[])];
    const outputs = (model.predict(tf.tensor(images, shape)) as tf.Tensor2D).arraySync();
    return outputs.reduce(
      ({ lossSum, correct }, row, i) => ({
        lossSum: lossSum - Math.log(row[labels[i]!]!),
        correct: correct + Number(row.indexOf(Math.max(...row)) === labels[i]),
      }),
      { lossSum: 0, correct: 0 },
    );
  });

const close = ({ loss, accuracy }: { loss: number; accuracy?: number }) => ({
  loss: expect.closeTo(loss, 5),
  accuracy: expect.closeTo(accuracy!, 12),
});

describe('metrics', () => {
  test('of steps and epochs are running means by image, a short last batch weighing less', async () => {
    const model = tinyModel(noDropout);
    const witness = tinyModel(noDropout);
    const checkpoints = memorySink();
    const weightsBefore = [await readWeights(model)];
    const config = configOf({
      epochs: 2,
      checkpointEverySteps: 1,
      optimizer: { name: 'adam', learningRate: 0.01 },
    });
    const events = await collect(train({ model, config, train: source, checkpoints }));
    const atSteps = checkpoints.saved.filter(({ snapshot }) => snapshot.progress.stepInEpoch > 0);
    weightsBefore.push(...atSteps.map(({ snapshot }) => [...snapshot.weights]));

    const expected: { loss: number; accuracy: number }[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      let [lossSum, correct, count] = [0, 0, 0];
      for (let index = 0; index < 3; index++) {
        const batch = source.batch(epoch, index);
        writeWeights(witness, weightsBefore[3 * epoch + index]!);
        const sums = sumsOf(witness, batch);
        lossSum += sums.lossSum;
        correct += sums.correct;
        count += batch.size;
        expected.push({ loss: lossSum / count, accuracy: correct / count });
      }
    }
    const steps = only('step', events);
    expect(steps.map(({ loss, accuracy }) => ({ loss, accuracy }))).toEqual(expected.map(close));
    expect(only('epoch', events).map(({ logs }) => logs)).toEqual([2, 5].map((i) => close(expected[i]!)));
    model.dispose();
    witness.dispose();
  });

  test('of validation are with dropout off, those of training with dropout on', async () => {
    const model = tinyModel();
    const initial = await readWeights(model);
    const config = configOf({ epochs: 1 });
    const events = await collect(train({ model, config, train: source, validation }));
    const batches = [0, 1].map((index) => sumsOf(model, validation.batch(0, index)));
    const sum = (key: 'lossSum' | 'correct') => batches.reduce((total, batch) => total + batch[key], 0);
    const { logs } = only('epoch', events)[0]!;
    expect(logs.val_loss).toBeCloseTo(sum('lossSum') / 5, 5);
    expect(logs.val_accuracy).toBe(sum('correct') / 5);

    writeWeights(model, initial);
    const withoutDropout = sumsOf(model, source.batch(0, 0)).lossSum / 4;
    expect(Math.abs(only('step', events)[0]!.loss - withoutDropout)).toBeGreaterThan(1e-3);
    model.dispose();
  });
});

describe('events', () => {
  const epochEvents = ['step', 'step', 'step', 'validating', 'epoch', 'checkpoint', 'checkpoint'];

  test('come in order, counted as Keras prints them', async () => {
    const model = tinyModel();
    const checkpoints = memorySink();
    const config = configOf({ epochs: 2, optimizer: { name: 'adam', learningRate: 1e-4 } });
    const events = await collect(
      train({ model, config, train: source, validation, checkpoints, now: () => 7 }),
    );
    expect(kinds(events).slice(0, 8)).toEqual(['run-started', ...epochEvents]);
    expect(events[0]).toEqual({ kind: 'run-started', time: 7, epochs: 2, stepsPerEpoch: 3 });
    expect(only('step', events).map(({ epoch, step, stepInEpoch }) => [epoch, step, stepInEpoch])).toEqual([
      [1, 1, 1],
      [1, 2, 2],
      [1, 3, 3],
      [2, 4, 1],
      [2, 5, 2],
      [2, 6, 3],
    ]);
    expect(only('step', events).every((event) => event.learningRate === 1e-4)).toBe(true);
    expect(only('epoch', events).map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 3],
      [2, 6],
    ]);
    expect(events.at(-1)).toEqual({
      kind: 'training-ended',
      time: 7,
      reason: 'completed',
      epoch: 2,
      step: 6,
      message: '2 epochs',
    });
    model.dispose();
  });

  test('without validation: nothing of it, and loss decides which weights are best', async () => {
    const model = tinyModel();
    const checkpoints = memorySink();
    const events = await collect(
      train({ model, config: configOf({ epochs: 1 }), train: source, checkpoints }),
    );
    expect(kinds(events)).not.toContain('validating');
    expect(Object.keys(only('epoch', events)[0]!.logs)).toEqual(['loss', 'accuracy']);
    expect(checkpoints.saved.map(({ name }) => name)).toEqual(['best', 'last']);
    model.dispose();
  });

  test('time a step by the clock that is given', async () => {
    const model = tinyModel();
    let clock = 0;
    const now = () => {
      clock += 500;
      return clock;
    };
    const replica: Replica = {
      model,
      gradients: async () => ({
        loss: 1,
        correct: 0,
        gradients: model.trainableWeights.map((w) => tf.zeros(w.shape as number[])),
      }),
      logits: async ({ size }) => new Float32Array(size * numClasses),
      sampledLogits: async ({ size }) => new Float32Array(size * numClasses),
      dispose: () => {},
    };
    const events = await collect(
      train({ model, config: configOf({ epochs: 1 }), train: source, replica, now }),
    );
    // Between two steps the clock is read for a lap and for an event: one second.
    expect(only('step', events).map((event) => event.imagesPerSecond)).toEqual([8, 4, 2]);
    expect(only('epoch', events)[0]!.seconds).toBe(0.5 + 1 + 1 + 1);
    model.dispose();
  });

  test('include checkpoints between epochs, and of the best when validation improves', async () => {
    const model = tinyModel();
    const checkpoints = memorySink();
    const config = configOf({
      epochs: 3,
      checkpointEverySteps: 2,
      optimizer: { name: 'sgd', learningRate: 0.5 },
    });
    const events = await collect(train({ model, config, train: source, validation, checkpoints }));
    let best = Number.POSITIVE_INFINITY;
    const expected = only('epoch', events).flatMap(({ epoch, logs }) => {
      const improved = logs.val_loss! < best;
      best = Math.min(best, logs.val_loss!);
      const between = [2, 4, 6, 8].filter((step) => Math.ceil(step / 3) === epoch);
      const ofEpoch = improved ? [`best ${3 * epoch}`, `last ${3 * epoch}`] : [`last ${3 * epoch}`];
      return [...between.map((step) => `last ${step}`), ...ofEpoch];
    });
    const said = only('checkpoint', events).map(({ name, step }) => `${name} ${step}`);
    expect(said).toEqual(expected);
    expect(checkpoints.saved.map(({ name, snapshot }) => `${name} ${snapshot.progress.step}`)).toEqual(said);
    model.dispose();
  });
});

describe('the end', () => {
  const bitsOf = (weights: readonly NamedArray[]) => weights.map(({ values }) => [...values]);

  test('a loss that is not finite ends the run before it reaches the weights', async () => {
    const model = tinyModel({ ...noDropout, maxNorm: null });
    const checkpoints = memorySink();
    const optimizer = { name: 'sgd', learningRate: 1e30 } as const;
    const config = configOf({ epochs: 2, checkpointEverySteps: 1, optimizer });
    const events = await collect(train({ model, config, train: source, checkpoints }));
    expect(kinds(events)).toEqual(['run-started', 'step', 'checkpoint', 'training-ended']);
    expect(events.at(-1)).toMatchObject({
      reason: 'nan',
      epoch: 0,
      step: 1,
      message: expect.stringMatching(/^loss (NaN|Infinity) at step 2 of epoch 1: try a lower learning rate$/),
    });
    expect(bitsOf(await readWeights(model))).toEqual(bitsOf(checkpoints.saved[0]!.snapshot.weights));
    model.dispose();
  });

  test('early stopping restores the best weights, whatever the end, and they are the last checkpoint', async () => {
    const stopping = () =>
      earlyStopping({ monitor: 'val_loss', minDelta: 0, patience: 1, restoreBestWeights: true });
    for (const [later, reason] of [
      [1e30, 'nan'],
      [3, 'early_stopping'],
    ] as const) {
      // One good epoch, then steps that the model does not survive, or only just.
      const config = configOf({
        epochs: 5,
        optimizer: { name: 'sgd' },
        schedule: { name: 'piecewise_constant', boundaries: [2], values: [0.01, later] },
      });
      const model = tinyModel({ ...noDropout, maxNorm: null });
      const checkpoints = memorySink();
      const events = await collect(
        train({ model, config, train: source, validation, callbacks: [stopping()], checkpoints }),
      );
      expect(events.at(-1)).toMatchObject({ kind: 'training-ended', reason });
      const best = checkpoints.saved.filter(({ name }) => name === 'best').at(-1)!;
      expect(best.snapshot.progress.epoch).toBe(1);
      expect(bitsOf(await readWeights(model))).toEqual(bitsOf(best.snapshot.weights));
      const last = checkpoints.saved.at(-1)!;
      expect(last.name).toBe('last');
      expect(bitsOf(last.snapshot.weights)).toEqual(bitsOf(best.snapshot.weights));
      model.dispose();
    }
  });

  test('an abort ends the run before its next step, with a checkpoint there', async () => {
    const model = tinyModel();
    const checkpoints = memorySink();
    const controller = new AbortController();
    const config = configOf({ epochs: 2 });
    const events: TrainingEvent[] = [];
    for await (const event of train({
      model,
      config,
      train: source,
      checkpoints,
      signal: controller.signal,
    })) {
      events.push(event);
      if (event.kind === 'step' && event.step === 5) controller.abort();
    }
    expect(kinds(events).slice(-3)).toEqual(['step', 'checkpoint', 'training-ended']);
    expect(events.at(-1)).toMatchObject({
      reason: 'interrupted',
      epoch: 1,
      step: 5,
      message: 'interrupted in epoch 2 after 2 of 3 steps',
    });
    expect(checkpoints.saved.at(-1)).toMatchObject({
      name: 'last',
      snapshot: { progress: { epoch: 1, stepInEpoch: 2, step: 5 } },
    });
    model.dispose();
  });

  test('an abort that came before the start, or during validation, ends it there', async () => {
    const model = tinyModel();
    const config = configOf({ epochs: 1 });
    const early = await collect(train({ model, config, train: source, signal: AbortSignal.abort() }));
    expect(kinds(early)).toEqual(['run-started', 'training-ended']);

    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    for await (const event of train({
      model,
      config,
      train: source,
      validation,
      signal: controller.signal,
    })) {
      events.push(event);
      if (event.kind === 'validating') controller.abort();
    }
    expect(kinds(events).slice(-2)).toEqual(['validating', 'training-ended']);
    expect(events.at(-1)).toMatchObject({ message: 'interrupted in epoch 1 after 3 of 3 steps' });
    model.dispose();
  });

  test('an error is thrown to the caller, abort or not', async () => {
    const model = tinyModel();
    const controller = new AbortController();
    const failure = new Error('no gradients today');
    const replica: Replica = {
      model,
      gradients: async () => {
        controller.abort();
        throw failure;
      },
      logits: async () => new Float32Array(),
      sampledLogits: async () => new Float32Array(),
      dispose: () => {},
    };
    const config = configOf({ epochs: 1 });
    const before = tf.memory().numTensors;
    const run = train({ model, config, train: source, replica, signal: controller.signal });
    await expect(collect(run)).rejects.toBe(failure);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe('tensors', () => {
  test('none is left by a step, an epoch, or the whole run', async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    const counts = { step: new Set<number>(), epoch: new Set<number>() };
    const run = train({
      model,
      config: configOf({ epochs: 3 }),
      train: source,
      validation,
      checkpoints: memorySink(),
    });
    for await (const { kind } of run) {
      if (kind === 'step' || kind === 'epoch') counts[kind].add(tf.memory().numTensors);
    }
    expect(counts.step.size).toBe(1);
    expect(counts.epoch).toEqual(counts.step);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('none is left by a run that its caller stops reading', async () => {
    const model = tinyModel();
    const before = tf.memory().numTensors;
    for await (const { kind } of train({ model, config: configOf({}), train: source })) {
      if (kind === 'step') break;
    }
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

test('images of another shape than the model’s are refused, though as many numbers', async () => {
  const model = tinyModel();
  const channelsFirst: BatchSource = { ...source, imageShape: [3, 8, 8] };
  const config = configOf({ epochs: 1 });
  await expect(collect(train({ model, config, train: channelsFirst }))).rejects.toThrow(
    new TrainingError(
      'train: expected images of shape [8,8,3] as the model’s input, found [3,8,8]: cut the batches in the model’s data format and size'.replaceAll(
        '’',
        "'",
      ),
    ),
  );
  await expect(collect(train({ model, config, train: source, validation: channelsFirst }))).rejects.toThrow(
    'validation: expected images of shape [8,8,3]',
  );
  model.dispose();
});
