import { evaluationReportSchema } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { brierScore, calibrationOf } from './calibration.ts';
import { crossentropyFromLogits, softmax } from './classification.ts';
import { MetricsError } from './errors.ts';
import { evaluateLogits } from './evaluate.ts';

const logits = Float32Array.from(reference.logits);
const labels = Uint8Array.from(reference.labels);
const classNames = Array.from({ length: reference.numClasses }, (_, c) => `class ${c}`);
const report = evaluateLogits(logits, labels, classNames);

test("every metric equals numpy's and scikit-learn's", () => {
  expect(report.count).toBe(labels.length);
  expect(report.loss).toBeCloseTo(reference.loss, 13);
  expect(report.accuracy).toBe(reference.accuracy);
  expect(report.top3Accuracy).toBe(reference.top3Accuracy);
  expect(report.brierScore).toBeCloseTo(reference.brierScore, 13);
  expect(report.expectedCalibrationError).toBeCloseTo(reference.expectedCalibrationError, 13);
  expect(report.reliability.map((bin) => bin.count)).toEqual(reference.binCounts);
  expect(report.confusion).toEqual(reference.confusion);
  report.classes.forEach((row, c) => {
    expect(row.className).toBe(classNames[c]);
    expect(row.precision).toBeCloseTo(reference.precision[c]!, 14);
    expect(row.recall).toBeCloseTo(reference.recall[c]!, 14);
    expect(row.f1).toBeCloseTo(reference.f1[c]!, 14);
    expect(row.support).toBe(reference.support[c]);
  });
});

test('agrees with the single metrics, whose probabilities are float32', () => {
  const probabilities = softmax(logits, reference.numClasses);
  const { expectedCalibrationError } = calibrationOf(probabilities, labels, reference.numClasses);
  expect(report.loss).toBe(crossentropyFromLogits(logits, labels, reference.numClasses));
  expect(report.brierScore).toBeCloseTo(brierScore(probabilities, labels, reference.numClasses), 6);
  expect(report.expectedCalibrationError).toBeCloseTo(expectedCalibrationError, 6);
});

test('goes through evaluation.json unchanged', () => {
  expect(evaluationReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test('a diverged model is reported, and its report can be read back', () => {
  const diverged = evaluateLogits(new Float32Array(20).fill(Number.NaN), Uint8Array.of(0, 1), classNames);
  expect(diverged).toMatchObject({
    loss: Number.NaN,
    accuracy: 0,
    top3Accuracy: 0,
    brierScore: Number.NaN,
    expectedCalibrationError: Number.NaN,
  });
  expect(diverged.confusion.flat().every((images) => images === 0)).toBe(true);
  expect(diverged.reliability.every(({ accuracy }) => accuracy === 0)).toBe(true);
  expect(evaluationReportSchema.parse(JSON.parse(JSON.stringify(diverged)))).toEqual(diverged);
});

test('refuses arrays that do not fit', () => {
  expect(() => evaluateLogits(logits, labels.subarray(1), classNames)).toThrow(MetricsError);
  expect(() => evaluateLogits(new Float32Array(0), new Uint8Array(0), classNames)).toThrow(MetricsError);
});
