import { expect, test } from 'vitest';
import { predictionsOf } from './predictions.ts';

test('the most likely class and its softmax probability', () => {
  // softmax([0, ln 3, 0]) = [0.2, 0.6, 0.2]; softmax([1000, 0, 0]) = [1, 0, 0].
  const logits = Float32Array.of(0, Math.log(3), 0, 1000, 0, 0);
  expect(predictionsOf(logits, Uint8Array.of(2, 0), 3)).toEqual({
    labels: [2, 0],
    predicted: [1, 0],
    confidence: [0.6, 1],
  });
});

test('a diverged model has no confidence', () => {
  const { confidence } = predictionsOf(Float32Array.of(Number.NaN, 0), Uint8Array.of(0), 2);
  expect(confidence).toEqual([0]);
});
