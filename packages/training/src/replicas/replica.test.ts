import { readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createReplica, imageValues } from '../index.ts';
import { imageSource, tinyModel } from '../testing.ts';

const batch = imageSource('train', { size: 6, batchSize: 6 }).batch(0, 0);
const position = { step: 5, rowOffset: 0, batchSize: 6 };

describe('createReplica', () => {
  test('its gradients are the slopes of its loss, with the masks of one step', async () => {
    const model = tinyModel({ filters: [2], units: [4], dropout: { rate: 0.4, inputRate: 0.1 } });
    const replica = createReplica(model);
    const weights = await readWeights(model);
    const lossAt = async (changed: typeof weights): Promise<number> => {
      writeWeights(model, changed);
      const { loss, gradients } = await replica.gradients(batch, position);
      tf.dispose(gradients);
      return loss;
    };
    const { gradients } = await replica.gradients(batch, position);
    const analytic = gradients.map((gradient) => gradient.dataSync());
    tf.dispose(gradients);
    const largest = Math.max(...analytic.flatMap((values) => [...values].map(Math.abs)));
    expect(largest).toBeGreaterThan(0.01);

    // Small enough that no ReLU and no maximum turns over on the way.
    const epsilon = 2 ** -11;
    for (const [w, { values }] of weights.entries()) {
      // Of a large kernel, some sixteen weights.
      const stride = Math.ceil(values.length / 16);
      for (let i = 0; i < values.length; i += stride) {
        const moved = (by: number) =>
          weights.map((weight, j) =>
            j === w ? { ...weight, values: weight.values.map((v, k) => (k === i ? v + by : v)) } : weight,
          );
        const slope = ((await lossAt(moved(epsilon))) - (await lossAt(moved(-epsilon)))) / (2 * epsilon);
        expect(Math.abs(slope - analytic[w]![i]!)).toBeLessThan(2e-3 * largest);
      }
    }
    model.dispose();
  });

  test('the same position gives the same loss to the bit, another step other masks', async () => {
    const model = tinyModel();
    const replica = createReplica(model);
    const lossAt = async (step: number) => {
      const { loss, gradients } = await replica.gradients(batch, { ...position, step });
      tf.dispose(gradients);
      return loss;
    };
    expect(await lossAt(5)).toBe(await lossAt(5));
    expect(await lossAt(6)).not.toBe(await lossAt(5));
    model.dispose();
  });

  test('logits are what the softmax is made of, dropout off; no tensor is left', async () => {
    const model = tinyModel();
    const replica = createReplica(model);
    const before = tf.memory().numTensors;
    const logits = await replica.logits(batch);
    const { gradients } = await replica.gradients(batch, position);
    expect(tf.memory().numTensors).toBe(before + gradients.length);
    tf.dispose(gradients);
    tf.tidy(() => {
      const images = tf.tensor(imageValues(batch.images), [6, 8, 8, 3]);
      const expected = (model.predict(images) as tf.Tensor).dataSync();
      const actual = tf.softmax(tf.tensor(logits, [6, 3])).dataSync();
      expect([...actual]).toEqual([...expected].map((p) => expect.closeTo(p, 6)));
    });
    expect(await replica.logits(batch)).toEqual(logits);
    model.dispose();
  });

  test('gradients outside of it stay those of TensorFlow.js', async () => {
    const slopeAtZero = () =>
      tf.tidy(
        () =>
          tf
            .grad(tf.abs)(tf.tensor1d([0]))
            .dataSync()[0],
      );
    const stock = slopeAtZero();
    const model = tinyModel();
    const { gradients } = await createReplica(model).gradients(batch, position);
    tf.dispose(gradients);
    expect(slopeAtZero()).toBe(stock);
    model.dispose();
  });
});
