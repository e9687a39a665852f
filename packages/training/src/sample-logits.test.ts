import type { BatchSource } from '@dropout-lab/contracts';
import { BatchNormalization, Dropout, GaussianNoise, readWeights } from '@dropout-lab/model';
import { dropoutMask, fold, normal, randomKey } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createReplica, predictLogits, type SampleOptions, sampleLogits } from './index.ts';

const [SIZE, FEATURES] = [23, 12];
const values = normal(randomKey(3), { size: SIZE * FEATURES });

const sourceOf = (batchSize: number): BatchSource => ({
  size: SIZE,
  batchSize,
  batchesPerEpoch: Math.ceil(SIZE / batchSize),
  imageShape: [FEATURES],
  batch: (_, index) => {
    const size = Math.min(batchSize, SIZE - index * batchSize);
    const start = index * batchSize * FEATURES;
    return { images: values.slice(start, start + size * FEATURES), labels: new Uint8Array(size), size };
  },
});

const softmax = (units = 3) => layers.dense({ units, activation: 'softmax', name: 'head' });

const collected = async (model: LayersModel, source: BatchSource, options: SampleOptions) => {
  const all: Float32Array[] = [];
  for await (const logits of sampleLogits(createReplica(model), source, options)) all.push(logits);
  return all;
};

test('a pass multiplies by the mask of its step and of the rows among all images, whatever the batch size', async () => {
  const model = sequential({
    layers: [new Dropout({ rate: 0.4, seed: 9, inputShape: [FEATURES] } as never), softmax()],
  });
  const [kernel] = await readWeights(model);
  for (const batchSize of [SIZE, 5, 8]) {
    const passes = await collected(model, sourceOf(batchSize), { passes: 3 });
    passes.forEach((logits, pass) => {
      const mask = dropoutMask(fold(randomKey(9), 'dropout', pass), { size: values.length, rate: 0.4 });
      const expected = Array.from({ length: SIZE * 3 }, (_, i) => {
        const [row, unit] = [Math.floor(i / 3), i % 3];
        let sum = 0;
        for (let f = 0; f < FEATURES; f++)
          sum += values[row * FEATURES + f]! * mask[row * FEATURES + f]! * kernel!.values[f * 3 + unit]!;
        return sum;
      });
      logits.forEach((logit, i) => {
        expect(logit).toBeCloseTo(expected[i]!, 4);
      });
    });
  }
  model.dispose();
});

test('the mean of many passes of a linear model is what it computes without dropout', async () => {
  const model = sequential({
    layers: [new Dropout({ rate: 0.5, seed: 1, inputShape: [FEATURES] } as never), softmax()],
  });
  const passes = await collected(model, sourceOf(SIZE), { passes: 400 });
  const { logits } = await predictLogits(createReplica(model), sourceOf(SIZE));
  logits.forEach((logit, i) => {
    const drawn = passes.map((pass) => pass[i]!);
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (drawn.length - 1);
    expect(Math.abs(mean - logit)).toBeLessThan(4.5 * Math.sqrt(variance / drawn.length));
  });
  model.dispose();
});

test('a factor of the rates is that of training at its end', async () => {
  const withRate = (rate: number) => {
    const model = sequential({
      layers: [new Dropout({ rate, seed: 9, inputShape: [FEATURES] } as never), softmax()],
    });
    model.setWeights([tf.tensor(normal(randomKey(1), { size: FEATURES * 3 }), [FEATURES, 3]), tf.zeros([3])]);
    return model;
  };
  const halved = await collected(withRate(0.5), sourceOf(8), { passes: 2, rateFactor: 0.5 });
  expect(halved).toEqual(await collected(withRate(0.25), sourceOf(8), { passes: 2 }));
  expect(halved).not.toEqual(await collected(withRate(0.5), sourceOf(8), { passes: 2 }));
});

describe('only dropout is on', () => {
  const withNormalization = () =>
    sequential({
      layers: [
        layers.dense({ units: 8, activation: 'relu', inputShape: [FEATURES], name: 'first' }),
        new BatchNormalization({ name: 'normalization' }),
        new GaussianNoise({ name: 'noise', stddev: 2, seed: 4 }),
        new Dropout({ name: 'dropped', rate: 0.5, seed: 6 }),
        softmax(),
      ],
    });

  test('batch normalization uses its moving statistics, which stay, and no noise is added', async () => {
    const model = withNormalization();
    const before = await readWeights(model);
    const tensors = tf.memory().numTensors;
    const [one] = await collected(model, sourceOf(SIZE), { passes: 1 });
    // Statistics of a batch would depend on the images in it.
    const [other] = await collected(model, sourceOf(4), { passes: 1 });
    other!.forEach((logit, i) => {
      expect(logit).toBeCloseTo(one![i]!, 5);
    });
    expect(await readWeights(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    const normalization = model.getLayer('normalization') as BatchNormalization;
    const noise = model.getLayer('noise') as GaussianNoise;
    expect([normalization.isFrozen, noise.isPaused]).toEqual([false, false]);
    model.dispose();
  });

  test('the same passes every time, each another', async () => {
    const model = withNormalization();
    const [first, second] = [
      await collected(model, sourceOf(6), { passes: 3 }),
      await collected(model, sourceOf(6), { passes: 3 }),
    ];
    expect(second).toEqual(first);
    expect(first[1]).not.toEqual(first[0]);
    expect(first[2]).not.toEqual(first[1]);
    model.dispose();
  });
});

describe('refused', () => {
  const plain = () =>
    sequential({ layers: [layers.activation({ activation: 'relu', inputShape: [FEATURES] }), softmax()] });

  test.each<[string, () => layers.Layer | undefined]>([
    ['no dropout', () => undefined],
    ['dropout at a rate of 0', () => new Dropout({ rate: 0 })],
    ['noise alone', () => new GaussianNoise({ stddev: 1 })],
  ])('a model with %s', async (_, create) => {
    const layer = create();
    const model = layer
      ? sequential({
          layers: [layers.activation({ activation: 'relu', inputShape: [FEATURES] }), layer, softmax()],
        })
      : plain();
    await expect(collected(model, sourceOf(5), { passes: 2 })).rejects.toThrow(
      /^model: expected a layer that drops units at random, with a rate above 0, found none in /,
    );
  });

  test.each([0, -0.5, 1.5, Number.NaN])('a factor of %f', async (rateFactor) => {
    await expect(collected(plain(), sourceOf(5), { passes: 2, rateFactor })).rejects.toThrow(
      `rateFactor: expected a number above 0 and at most 1, found ${rateFactor}`,
    );
  });

  test.each([0, -1, 2.5])('%f passes', async (passes) => {
    await expect(collected(plain(), sourceOf(5), { passes })).rejects.toThrow(
      `passes: expected a whole number above 0, found ${passes}`,
    );
  });
});
