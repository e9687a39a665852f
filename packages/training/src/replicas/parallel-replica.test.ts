import type { Batch } from '@dropout-lab/contracts';
import { readWeights, setDropoutPosition, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createReplica, parallelReplica, type Replica, TrainingError } from '../index.ts';
import { imageSource, regularizedModel, tinyModel } from '../testing.ts';

const dropout = { rate: 0.5, inputRate: 0.1 };
const batchOf = (size: number) => imageSource('train', { size, batchSize: size }).batch(0, 0);

const gradientsOf = async (replica: Replica, batch: Batch, step = 3) => {
  const { gradients, ...sums } = await replica.gradients(batch, {
    step,
    rowOffset: 0,
    batchSize: batch.size,
  });
  const values = gradients.map((gradient) => Float32Array.from(gradient.dataSync()));
  tf.dispose(gradients);
  return { ...sums, values };
};

const models = Array.from({ length: 11 }, () => tinyModel({ dropout }));
const replicas = models.map((model) => createReplica(model));
const single = replicas[0]!;

/** Whether batches are computed in slices that do not depend on the number of replicas. */
const isSliced = (): boolean => ['wasm', 'cpu'].includes(tf.getBackend());

type Computed = Awaited<ReturnType<typeof gradientsOf>>;

const expectSame = (parts: Computed, whole: Computed): void => {
  if (isSliced()) {
    expect(parts).toEqual(whole);
    return;
  }
  expect(Math.abs(parts.loss / whole.loss - 1)).toBeLessThan(1e-6);
  expect(parts.correct).toBe(whole.correct);
  parts.values.forEach((values, w) => {
    const largest = Math.max(...whole.values[w]!.map(Math.abs));
    values.forEach((value, i) => {
      expect(Math.abs(value - whole.values[w]![i]!)).toBeLessThanOrEqual(1e-6 * largest);
    });
  });
};

describe('several replicas compute what one computes, on wasm and cpu to the bit, dropout on', () => {
  for (const size of [1, 2, 3, 7, 10, 21]) {
    for (const count of [1, 2, 3, 5, 8, 11]) {
      test(`${size} images over ${count}`, async () => {
        const batch = batchOf(size);
        const whole = await gradientsOf(single, batch);
        expectSame(await gradientsOf(parallelReplica(replicas.slice(0, count)), batch), whole);
      });
    }
  }

  test('also one that shares a batch with another as several', async () => {
    const nested = parallelReplica([parallelReplica(replicas.slice(0, 3)), replicas[3]!]);
    const batch = batchOf(19);
    expectSame(await gradientsOf(nested, batch), await gradientsOf(single, batch));
  });

  test.each([1, 2, 3, 5])(
    'of a model with penalties, DropConnect and stochastic depth, over %i',
    async (count) => {
      const regularized = Array.from({ length: count }, () => regularizedModel());
      const [first] = regularized as [LayersModel, ...LayersModel[]];
      const batch = batchOf(10);
      const whole = await gradientsOf(createReplica(first), batch);
      const parts = await gradientsOf(
        parallelReplica(regularized.map((model) => createReplica(model))),
        batch,
      );
      expectSame(parts, whole);
      // The loss has the penalties: .01 * |w| + .02 * w^2 of one kernel, .01 * w^2 of another.
      const kernels = new Map((await readWeights(first)).map(({ name, values }) => [name, values]));
      const sum = (name: string, of: (w: number) => number) =>
        kernels.get(name)!.reduce((total, w) => total + of(w), 0);
      const penalty =
        sum('conv2d/kernel', (w) => 0.01 * Math.abs(w) + 0.02 * w * w) +
        sum('dense/kernel', (w) => 0.01 * w * w);
      const crossentropy = tf.tidy(() => {
        setDropoutPosition(first, { step: 3 });
        const images = tf.tensor(batch.images as Float32Array, [10, 8, 8, 3]);
        const probabilities = first.apply(images, { training: true }) as tf.Tensor;
        const targets = tf.oneHot(tf.tensor1d([...(batch.labels as Uint8Array)], 'int32'), 3);
        return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.log(probabilities)), 1))).dataSync()[0]!;
      });
      expect(penalty).toBeGreaterThan(0.01);
      expect(whole.loss).toBeCloseTo(crossentropy + penalty, 5);
      for (const model of regularized) model.dispose();
    },
  );

  test('but not if each draws the masks of the first rows', async () => {
    const batch = batchOf(6);
    const whole = await gradientsOf(single, batch);
    const forgetful: Replica = {
      ...replicas[1]!,
      gradients: (slice, position) => replicas[1]!.gradients(slice, { ...position, rowOffset: 0 }),
    };
    const parts = await gradientsOf(parallelReplica([single, forgetful]), batch);
    expect(Math.abs(parts.loss / whole.loss - 1)).toBeGreaterThan(1e-4);
  });
});

describe('several replicas answer what one answers, in the batch’s order', () => {
  const expectSameAnswers = (answers: Float32Array, expected: Float32Array): void => {
    if (isSliced()) expect(answers).toEqual(expected);
    else expect([...answers]).toEqual([...expected].map((value) => expect.closeTo(value, 6)));
  };
  const passOf = ({ size }: Batch) => ({ step: 4, firstImage: 70, rowOffset: 0, batchSize: size });

  for (const size of [1, 7, 33, 100]) {
    for (const count of [2, 3, 11]) {
      test(`${size} images over ${count}, dropout off and on`, async () => {
        const batch = batchOf(size);
        const several = parallelReplica(replicas.slice(0, count));
        const [off, on] = [await single.logits(batch), await single.sampledLogits(batch, passOf(batch))];
        expect(on).not.toEqual(off);
        expectSameAnswers(await several.logits(batch), off);
        expectSameAnswers(await several.sampledLogits(batch, passOf(batch)), on);
      });
    }
  }

  test('also one that shares a batch with another as several', async () => {
    const nested = parallelReplica([parallelReplica(replicas.slice(0, 3)), replicas[3]!]);
    const batch = batchOf(19);
    expectSameAnswers(
      await nested.sampledLogits(batch, passOf(batch)),
      await single.sampledLogits(batch, passOf(batch)),
    );
  });

  test('a replica that ignores its row draws other masks', async () => {
    const forgetful: Replica = {
      ...replicas[1]!,
      sampledLogits: (slice, position) => replicas[1]!.sampledLogits(slice, { ...position, firstImage: 0 }),
    };
    const batch = batchOf(66);
    expect(await parallelReplica([single, forgetful]).sampledLogits(batch, passOf(batch))).not.toEqual(
      await single.sampledLogits(batch, passOf(batch)),
    );
  });
});

test('no tensor is left but the summed gradients', async () => {
  const before = tf.memory().numTensors;
  await gradientsOf(parallelReplica(replicas), batchOf(7));
  expect(tf.memory().numTensors).toBe(before);
});

test('dispose reaches every replica', () => {
  let disposed = 0;
  const counting = replicas.map((replica) => ({
    ...replica,
    dispose: () => {
      disposed++;
    },
  }));
  parallelReplica(counting).dispose();
  expect(disposed).toBe(replicas.length);
});

const ending = (layer: layers.Layer): LayersModel =>
  sequential({
    layers: [
      layers.flatten({ inputShape: [8, 8, 3] }),
      layer,
      layers.dense({ units: 3, kernelInitializer: initializers.glorotUniform({ seed: 1 }) }),
    ],
  });

describe('several replicas of this thread', () => {
  test('are refused by the name of a batch normalization, which they could not exchange statistics for', () => {
    const models = [0, 1].map(() => ending(layers.batchNormalization({ name: 'norm' })));
    const replicas = models.map((model) => createReplica(model));
    expect(() => parallelReplica(replicas)).toThrow(
      new TrainingError(
        'parallelReplica: expected at most one replica on this thread, since norm exchanges the statistics of the whole batch between them, found 2: connect replicas of other threads, or train on one',
      ),
    );
    expect(() => parallelReplica(replicas.slice(0, 1))).not.toThrow();
    for (const model of models) model.dispose();
  });

  test('are accepted where it is frozen, and leave its moving statistics alone', async () => {
    const models = [0, 1].map(() => ending(layers.batchNormalization({ name: 'norm', trainable: false })));
    writeWeights(models[1]!, await readWeights(models[0]!));
    const replicas = models.map((model) => createReplica(model));
    const moving = () =>
      models.map((model) =>
        model
          .getLayer('norm')
          .getWeights()
          .map((one) => [...one.dataSync()]),
      );
    const before = moving();
    const whole = await gradientsOf(replicas[0]!, batchOf(5));
    const parts = await gradientsOf(parallelReplica(replicas), batchOf(5));
    expectSame(parts, whole);
    expect(moving()).toEqual(before);
    for (const model of models) model.dispose();
  });

  test('are refused by the name of any other layer that training changes', () => {
    class Counting extends layers.Layer {
      static readonly className = 'Counting';
      override build(): void {
        this.addWeight('count', [1], 'float32', initializers.zeros(), undefined, false);
      }
    }
    const models = [0, 1].map(() => ending(new Counting({ name: 'count' })));
    expect(() => parallelReplica(models.map((model) => createReplica(model)))).toThrow(
      'found count, which needs the whole batch: train on one replica',
    );
    for (const model of models) model.dispose();
  });
});

test('a slice of a batch by itself is refused by the name of a batch normalization', async () => {
  const model = ending(layers.batchNormalization({ name: 'norm' }));
  const replica = createReplica(model);
  await expect(replica.gradients(batchOf(3), { step: 0, rowOffset: 0, batchSize: 5 })).rejects.toThrow(
    'expected all 5 images of the batch, since norm needs the statistics of all of them, found 3',
  );
  model.dispose();
});
