import type { Batch, BatchSource } from '@dropout-lab/contracts';
import { readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createReplica, evaluate, type TrainOptions, train } from './index.ts';
import { collect, configOf, imageSource, noDropout, only, tinyModel } from './testing.ts';

const source = imageSource('train', { size: 10, batchSize: 4 });
const validation = imageSource('validation', { size: 6, batchSize: 3 });
const config = configOf({ epochs: 2 });

const trained = async (model: LayersModel, options: Partial<TrainOptions> = {}) => {
  const events = await collect(train({ model, config, train: source, ...options }));
  return { events, weights: (await readWeights(model)).map(({ values }) => values) };
};

test('300 classes: in training and in validation of the same images there is one loss', async () => {
  const numClasses = 300;
  const images = Float32Array.from({ length: numClasses * 2 }, (_, i) => (i % 7) / 7);
  const labels = Uint16Array.from({ length: numClasses }, (_, i) => i);
  const whole: BatchSource = {
    size: numClasses,
    batchSize: numClasses,
    batchesPerEpoch: 1,
    imageShape: [2],
    batch: () => ({ images, labels, size: numClasses }),
  };
  const model = sequential({
    layers: [layers.dense({ units: numClasses, activation: 'softmax', inputShape: [2] })],
  });
  const { loss } = await evaluate(createReplica(model), whole);
  const { events } = await trained(model, { train: whole, config: configOf({ epochs: 1 }) });
  expect(only('step', events)[0]!.loss).toBeCloseTo(loss, 5);
  model.dispose();
});

describe('what a model was compiled with', () => {
  test('is its loss where the configuration has none', async () => {
    const build = () => tinyModel(noDropout);
    const { loss: _, ...withoutLoss } = config;
    const [compiled, told, other] = [build(), build(), build()];
    for (const model of [told, other]) writeWeights(model, await readWeights(compiled));
    compiled.compile({ optimizer: tf.train.adam(0.001), loss: 'meanSquaredError', metrics: ['accuracy'] });
    const { weights } = await trained(compiled, { config: withoutLoss });
    expect(
      (await trained(told, { config: { ...config, loss: { name: 'mean_squared_error' } } })).weights,
    ).toEqual(weights);
    expect((await trained(other)).weights).not.toEqual(weights);
    for (const model of [compiled, told, other]) model.dispose();
  });
});

test('a loss of one’s own: its figures and its gradients', async () => {
  const build = () => tinyModel(noDropout);
  const [own, known] = [build(), build()];
  writeWeights(own, await readWeights(known));
  const rows = (targets: tf.Tensor, outputs: tf.Tensor) =>
    tf.mean(tf.squaredDifference(targets, outputs), -1);
  const found = await trained(own, { config: { ...config, loss: { name: 'mine', rows } }, validation });
  const expected = await trained(known, {
    config: { ...config, loss: { name: 'mean_squared_error' } },
    validation,
  });
  const lossesOf = ({ events }: typeof found) =>
    only('epoch', events).flatMap(({ logs }) => [logs.loss, logs['val_loss']!]);
  expect(lossesOf(found)).toEqual(lossesOf(expected).map((loss) => expect.closeTo(loss, 6)));
  found.weights.forEach((values, i) => {
    expect([...values]).toEqual([...expected.weights[i]!].map((value) => expect.closeTo(value, 5)));
  });
  own.dispose();
  known.dispose();
});

test('the callbacks that a configuration has', async () => {
  const model = tinyModel();
  const stopping = configOf({
    epochs: 9,
    callbacks: [{ name: 'early_stopping', monitor: 'accuracy', minDelta: 1, patience: 1 }],
  });
  const { events } = await trained(model, { config: stopping });
  expect(events.at(-1)).toMatchObject({ reason: 'early_stopping', epoch: 2 });
  model.dispose();
});

describe('batches that have to be waited for', () => {
  const later = (asked: number[] = []): BatchSource => ({
    ...source,
    batch: async (epoch, index) => {
      asked.push(epoch * source.batchesPerEpoch + index);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return source.batch(epoch, index);
    },
  });

  test('train and evaluate as those that are there do, to the bit', async () => {
    const build = () => tinyModel(noDropout);
    const [here, there] = [build(), build()];
    writeWeights(there, await readWeights(here));
    const expected = await trained(here, { validation: source });
    const found = await trained(there, { train: later(), validation: later() });
    expect(found.weights).toEqual(expected.weights);
    const logsOf = ({ events }: typeof found) => only('epoch', events).map(({ logs }) => logs);
    expect(logsOf(found)).toEqual(logsOf(expected));
    here.dispose();
    there.dispose();
  });

  test('are asked for once each, while the one before is computed, and none beyond the last epoch', async () => {
    const model = tinyModel();
    const replica = createReplica(model);
    const asked: number[] = [];
    const atEachStep: number[][] = [];
    await trained(model, {
      train: later(asked),
      replica: {
        ...replica,
        gradients: async (...args) => {
          const result = await replica.gradients(...args);
          atEachStep.push([...asked]);
          return result;
        },
      },
    });
    expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
    expect(atEachStep[0]).toEqual([0, 1]);
    model.dispose();
  });

  test('one that cannot be had ends the run with its reason, when it is needed', async () => {
    const model = tinyModel();
    const failing: BatchSource = {
      ...source,
      batch: async (epoch, index): Promise<Batch> => {
        if (index === 1) throw new Error('the disk is gone');
        return source.batch(epoch, index);
      },
    };
    const events: string[] = [];
    const run = async () => {
      for await (const { kind } of train({ model, config, train: failing })) events.push(kind);
    };
    await expect(run()).rejects.toThrow('the disk is gone');
    expect(events).toEqual(['run-started', 'step']);
    model.dispose();
  });
});
