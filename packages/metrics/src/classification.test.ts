import { describe, expect, test } from 'vitest';
import keras from '../fixtures/keras_reference.json' with { type: 'json' };
import reference from '../fixtures/reference.json' with { type: 'json' };
import {
  accuracy,
  crossentropyFromLogits,
  predictedClasses,
  softmax,
  topKAccuracy,
} from './classification.ts';
import { MetricsError } from './errors.ts';

const logits = Float32Array.from(reference.logits);
const labels = Uint8Array.from(reference.labels);
const { numClasses } = reference;

describe('softmax', () => {
  test('rows by hand', () => {
    const ln = Math.log;
    const probabilities = softmax(Float32Array.of(ln(1), ln(2), ln(5), 7, 7, 7), 3);
    const expected = [1 / 8, 2 / 8, 5 / 8, 1 / 3, 1 / 3, 1 / 3];
    for (const [i, p] of expected.entries()) expect(probabilities[i]).toBeCloseTo(p, 6);
  });

  test('does not overflow', () => {
    expect([...softmax(Float32Array.of(1e4, -1e4, 0, -3e38, 3e38, 0), 3)]).toEqual([1, 0, 0, 0, 1, 0]);
  });
});

describe('crossentropyFromLogits', () => {
  test("is scikit-learn's", () => {
    expect(crossentropyFromLogits(logits, labels, numClasses)).toBeCloseTo(reference.loss, 13);
  });

  for (const { logits, label, expected } of keras.crossentropy) {
    test(`is Keras's: class ${label} of ${logits}`, () => {
      const loss = crossentropyFromLogits(Float32Array.from(logits), Uint8Array.of(label), logits.length);
      // Keras computes in float32.
      expect(Math.abs(loss - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, expected));
    });
  }

  test('knows nothing: the logarithm of the number of classes', () => {
    expect(crossentropyFromLogits(new Float32Array(20), Uint8Array.of(3, 9), 10)).toBeCloseTo(
      Math.log(10),
      14,
    );
  });

  test('is exact where probabilities would be 0 and 1', () => {
    const row = Float32Array.of(1e4, -1e4, 0);
    expect(crossentropyFromLogits(row, Uint8Array.of(0), 3)).toBe(0);
    expect(crossentropyFromLogits(row, Uint8Array.of(1), 3)).toBe(2e4);
    expect(crossentropyFromLogits(row, Uint8Array.of(2), 3)).toBe(1e4);
  });

  test('keeps its precision when all but certain', () => {
    const loss = crossentropyFromLogits(Float32Array.of(50, 0), Uint8Array.of(0), 2);
    expect(Math.abs(loss / Math.exp(-50) - 1)).toBeLessThan(1e-15);
  });

  test('a diverged model has a NaN loss', () => {
    expect(crossentropyFromLogits(Float32Array.of(Number.NaN, 0), Uint8Array.of(1), 2)).toBeNaN();
  });
});

describe('accuracy', () => {
  test("is scikit-learn's, top 1 and top 3", () => {
    expect(accuracy(logits, labels, numClasses)).toBe(reference.accuracy);
    expect(topKAccuracy(logits, labels, numClasses, 3)).toBe(reference.top3Accuracy);
  });

  test('of equal values the lower class comes first', () => {
    const tied = Float32Array.of(1, 1, 1);
    expect([...predictedClasses(tied, 3)]).toEqual([0]);
    const hits = (label: number) => [1, 2, 3].map((k) => topKAccuracy(tied, Uint8Array.of(label), 3, k));
    expect([hits(0), hits(1), hits(2)]).toEqual([
      [1, 1, 1],
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });

  test('of more classes than a byte has', () => {
    const values = new Float32Array(2 * 300);
    values[299] = values[300 + 256] = 1;
    const predicted = predictedClasses(values, 300);
    expect([...predicted]).toEqual([299, 256]);
    expect(accuracy(values, Uint16Array.of(299, 256), 300)).toBe(1);
  });

  test('agrees with the predicted classes', () => {
    const predicted = predictedClasses(logits, numClasses);
    expect(labels.filter((label, i) => label === predicted[i]).length / labels.length).toBe(
      reference.accuracy,
    );
  });
});

describe('of a row with a NaN', () => {
  const nan = Number.NaN;
  // By numpy: exp(x - max(x)) / sum; TensorFlow's argmax leaves NaN out.
  const rows = Float32Array.of(nan, nan, nan, nan, 1, 2, 1, nan, 2, 1, 2, nan, 0, 1, 0);
  const labels = Uint8Array.of(0, 2, 2, 1, 1);

  test('probabilities are NaN, all of them, and those of an infinite logit', () => {
    const probabilities = softmax(rows, 3);
    expect(probabilities.subarray(0, 12).every(Number.isNaN)).toBe(true);
    expect(probabilities[13]).toBeCloseTo(1 / (1 + 2 * Math.exp(-1)), 6);
    const { POSITIVE_INFINITY: inf } = Number;
    expect(softmax(Float32Array.of(inf, 0, 1, -inf, -inf, -inf), 3).every(Number.isNaN)).toBe(true);
    expect([...softmax(Float32Array.of(-inf, 0, -inf), 3)]).toEqual([0, 1, 0]);
  });

  test('the loss is NaN, and so is that of all rows', () => {
    for (let row = 0; row < 4; row++) {
      const loss = crossentropyFromLogits(
        rows.subarray(row * 3, row * 3 + 3),
        labels.subarray(row, row + 1),
        3,
      );
      expect(loss).toBeNaN();
    }
    expect(crossentropyFromLogits(rows, labels, 3)).toBeNaN();
  });

  test('the class is that of the largest number, as TensorFlow has it, but the row is never right', () => {
    expect([...predictedClasses(rows, 3)]).toEqual([0, 2, 2, 1, 1]);
    expect(accuracy(rows, labels, 3)).toBe(1 / 5);
    for (const k of [1, 2, 3]) expect(topKAccuracy(rows, labels, 3, k)).toBe(1 / 5);
  });
});

describe('refuses', () => {
  const two = Float32Array.of(0, 1);
  test.each<[string, () => unknown, string]>([
    ['no images', () => softmax(new Float32Array(0), 10), 'expected at least one image, received none'],
    [
      'half a row',
      () => softmax(new Float32Array(15), 10),
      'expected 10 values for each image, received 15 values',
    ],
    ['one class', () => softmax(two, 1), 'numClasses: expected a whole number of at least 2, received 1'],
    [
      'too few labels',
      () => accuracy(two, new Uint8Array(0), 2),
      'labels: expected one for each of 1 images, received 0',
    ],
    [
      'a label out of range',
      () => crossentropyFromLogits(two, Uint8Array.of(2), 2),
      'labels[0]: expected a class from 0 to 1, received 2',
    ],
    [
      'k of 0',
      () => topKAccuracy(two, Uint8Array.of(1), 2, 0),
      'k: expected a whole number from 1 to 2, received 0',
    ],
    [
      'k beyond the classes',
      () => topKAccuracy(two, Uint8Array.of(1), 2, 3),
      'k: expected a whole number from 1 to 2, received 3',
    ],
  ])('%s', (_, ask, message) => {
    expect(ask).toThrow(MetricsError);
    expect(ask).toThrow(message);
  });
});
