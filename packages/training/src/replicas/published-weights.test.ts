import { readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { connectReplica, createReplica, parallelReplica, serveReplica, train } from '../index.ts';
import { collect, configOf, imageSource, tinyModel } from '../testing.ts';
import { followWeights, publishedWeightsOf } from './published-weights.ts';

const halved = async (model: ReturnType<typeof tinyModel>) =>
  (await readWeights(model)).map((weight) => ({
    ...weight,
    values: weight.values.map((value) => value / 2),
  }));

test('a version is published when a variable has changed, and a follower takes it over once', async () => {
  const [here, there] = [tinyModel(), tinyModel()];
  const published = publishedWeightsOf(here);
  expect(publishedWeightsOf(here)).toBe(published);
  const follower = followWeights(there, published.memory);

  const first = published.publish();
  follower.follow(first);
  expect(published.publish()).toBe(first);
  const kept = there.weights.map((weight) => weight.read().dataId);
  follower.follow(first);
  expect(there.weights.map((weight) => weight.read().dataId)).toEqual(kept);

  writeWeights(here, await halved(here));
  const second = published.publish();
  expect(second).not.toBe(first);
  follower.follow(second);
  expect(await readWeights(there)).toEqual(await readWeights(here));

  writeWeights(there, await halved(there));
  follower.forget();
  follower.follow(second);
  expect(await readWeights(there)).toEqual(await readWeights(here));
});

test('only what has changed is copied', () => {
  const model = tinyModel();
  const published = publishedWeightsOf(model);
  published.publish();
  const sizes = model.weights.map((weight) => weight.read().size);
  const values = new Float32Array(published.memory, Int32Array.BYTES_PER_ELEMENT);
  values.fill(Number.NaN);
  published.publish();
  expect(values.every(Number.isNaN)).toBe(true);
  tf.tidy(() => {
    const bias = model.weights[1]!;
    bias.write(tf.ones(bias.shape as number[]));
  });
  published.publish();
  const copied = [...values.keys()].filter((i) => !Number.isNaN(values[i]));
  expect(copied).toEqual(Array.from({ length: sizes[1]! }, (_, i) => sizes[0]! + i));
});

test('weights that change while they are read are an error, not a mixture', async () => {
  const [here, there] = [tinyModel(), tinyModel()];
  const published = publishedWeightsOf(here);
  const asked = published.publish();
  writeWeights(here, await halved(here));
  published.publish();
  expect(() => followWeights(there, published.memory).follow(asked)).toThrow(
    'expected the weights not to change until a replica has answered',
  );
});

test('all replicas of a model share one copy, once a step, and validation makes none', async () => {
  const model = tinyModel();
  const remote = await Promise.all(
    [0, 1, 2].map(() => {
      const { port1, port2 } = new MessageChannel();
      serveReplica(port2, tinyModel());
      return connectReplica(port1, model);
    }),
  );
  const replica = parallelReplica([...remote, createReplica(model)]);
  const version = new Int32Array(publishedWeightsOf(model).memory, 0, 1);
  const before = version[0]!;
  const options = {
    config: configOf({ epochs: 2 }),
    train: imageSource('train', { size: 12, batchSize: 4 }),
    validation: imageSource('validation', { size: 12, batchSize: 4 }),
  };
  await collect(train({ ...options, model, replica }));
  // Six steps, and the weights after the last one, for the validation of the last epoch.
  expect(version[0]! - before).toBe(7);
  replica.dispose();
});
