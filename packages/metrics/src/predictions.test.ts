import { expect, test } from 'vitest';
import { mostConfident, predictionsOf } from './predictions.ts';

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

test('mistakes by falling confidence, the lower place first of equals', () => {
  const all = {
    labels: [0, 1, 2, 1, 0, 2],
    predicted: [1, 1, 0, 2, 1, 2],
    confidence: [0.5, 0.99, 0.9, 0.5, 0.7, 0.8],
  };
  expect(mostConfident(all)).toEqual([2, 4, 0, 3]);
  expect(mostConfident(all, (label, predicted) => label === 0 && predicted === 1)).toEqual([4, 0]);
  expect(mostConfident(all, (label, predicted) => label === predicted)).toEqual([1, 5]);
  expect(mostConfident({ labels: [1], predicted: [1], confidence: [1] })).toEqual([]);
});
