import { expect, test } from 'vitest';
import keras from '../fixtures/keras_reference.json' with { type: 'json' };
import { accuracy, crossentropyFromLogits } from './classification.ts';
import { addBatch, runningMeans, runningMetrics, zeroTotals } from './running-means.ts';

test('a short last batch weighs by its images', () => {
  const totals = [
    { loss: 2, correct: 100, count: 250 },
    { loss: 1, correct: 200, count: 250 },
    { loss: 4, correct: 0, count: 100 },
  ].reduce(addBatch, zeroTotals);
  expect(totals).toEqual({ lossSum: 1150, correct: 300, count: 600 });
  expect(runningMeans(totals)).toEqual({ loss: 1150 / 600, accuracy: 0.5 });
});

test('are what Keras shows after each batch', () => {
  const { sizes, shown } = keras.runningMeans;
  const numClasses = 10;
  const logits = Float32Array.from(keras.runningMeans.logits);
  const labels = Uint8Array.from(keras.runningMeans.labels);
  let totals = zeroTotals;
  let start = 0;
  sizes.forEach((count, batch) => {
    const rows = logits.subarray(start * numClasses, (start + count) * numClasses);
    const classes = labels.subarray(start, start + count);
    const correct = accuracy(rows, classes, numClasses) * count;
    totals = addBatch(totals, { loss: crossentropyFromLogits(rows, classes, numClasses), correct, count });
    start += count;
    const means = runningMeans(totals);
    expect(means.loss).toBeCloseTo(shown[batch]!.loss, 6);
    expect(means.accuracy).toBeCloseTo(shown[batch]!.accuracy, 6);
  });
});

test('goes on after a trip through JSON as if nothing had happened', () => {
  const first = addBatch(zeroTotals, { loss: 2.3, correct: 3, count: 7 });
  const second = { loss: 1.1, correct: 5, count: 7 };
  expect(addBatch(JSON.parse(JSON.stringify(first)), second)).toEqual(addBatch(first, second));
});

test('there is no mean before the first image', () => {
  expect(runningMeans(zeroTotals)).toEqual({ loss: Number.NaN });
});

test('metrics of one’s own are means by image, of the images that each has seen', () => {
  const batch = { loss: 1, correct: 1 };
  const first = addBatch(zeroTotals, { ...batch, count: 4, metrics: { top3: 0.5 } });
  const second = addBatch(first, { ...batch, count: 2, metrics: { top3: 1, late: 0.25 } });
  expect(runningMetrics(second)).toEqual({ top3: 4 / 6, late: 0.25 });
  expect(runningMetrics(zeroTotals)).toEqual({});
});

test('there is no accuracy where answers are not right or wrong', () => {
  const totals = addBatch(addBatch(zeroTotals, { loss: 1, correct: undefined, count: 2 }), {
    loss: 4,
    correct: undefined,
    count: 1,
  });
  expect(runningMeans(totals)).toEqual({ loss: 2 });
});
