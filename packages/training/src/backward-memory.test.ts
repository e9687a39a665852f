import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { disposeInBackwardPass } from './backward-memory.ts';

/** x + 0, whose gradient counts the numbers that are in memory. */
const watched = (counts: number[]) =>
  tf.customGrad((...args) => {
    const [x] = args as [tf.Tensor];
    const gradFunc = (dy: tf.Tensor) => {
      counts.push(tf.memory().numBytes);
      // What it was given.
      return dy;
    };
    return { value: x.clone(), gradFunc };
  });

/** The gradients of a chain with branches, and the memory in the backward pass near its start and its end. */
const pass = (isFreeing: boolean) =>
  tf.tidy(() => {
    const counts: number[] = [];
    const watch = watched(counts);
    const w = tf.tensor([0.3, -0.2, 0.5]);
    const x = tf.randomNormal([400, 3], 0, 1, 'float32', 1);
    const { value, grads } = tf.engine().gradients(
      () => {
        let y: tf.Tensor = watch(tf.mul(x, w));
        for (let i = 0; i < 10; i++) {
          const [left, right] = tf.split(tf.concat([y, tf.sigmoid(y)]), 2) as [tf.Tensor, tf.Tensor];
          // Both get the same gradient; one of them twice.
          y = tf.add(tf.add(left, left), tf.mul(right, w));
        }
        const loss = tf.mean(watch(y)) as tf.Scalar;
        if (isFreeing) disposeInBackwardPass();
        return loss;
      },
      [w],
      undefined,
      true,
    );
    return { value: value.dataSync(), gradient: grads[0]!.dataSync(), counts };
  });

test('a backward pass that disposes as it goes has the same gradients, and needs no more memory at its end', () => {
  const before = tf.memory().numTensors;
  const [stock, freeing] = [pass(false), pass(true)];
  expect(freeing.value).toEqual(stock.value);
  expect(freeing.gradient).toEqual(stock.gradient);
  const [start, end] = freeing.counts as [number, number];
  expect(end).toBeLessThan(start);
  expect(stock.counts[1]).toBeGreaterThan(stock.counts[0]!);
  expect(tf.memory().numTensors).toBe(before);
});

test('one function’s gradient for two inputs, and one that it kept, are tensors of their own', () => {
  const both = tf.customGrad((...args) => {
    const [a, b, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const kept = tf.ones(a.shape);
    save([kept]);
    return { value: tf.add(a, b), gradFunc: (_: tf.Tensor, saved: tf.Tensor[]) => [saved[0]!, saved[0]!] };
  });
  tf.tidy(() => {
    const w = tf.tensor([2, 3]);
    const { grads } = tf.engine().gradients(
      () => {
        const y = tf.sum(both(tf.square(w), tf.mul(w, 5))) as tf.Scalar;
        disposeInBackwardPass();
        return y;
      },
      [w],
      undefined,
      true,
    );
    expect([...grads[0]!.dataSync()]).toEqual([2 * 2 + 5, 2 * 3 + 5]);
  });
});
