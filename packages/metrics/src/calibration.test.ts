import { expect, test } from 'vitest';
import { brierScore, calibrationOf } from './calibration.ts';
import { MetricsError } from './errors.ts';

test('calibration error by hand', () => {
  // Confidences .9 (right), .9 (wrong) and .55 (right) fall into bins 13, 13 and 8 of 0..14.
  const probabilities = Float32Array.of(0.9, 0.1, 0.1, 0.9, 0.55, 0.45);
  const { expectedCalibrationError, reliability } = calibrationOf(probabilities, Uint8Array.of(0, 0, 0), 2);
  expect(expectedCalibrationError).toBeCloseTo((2 / 3) * 0.4 + (1 / 3) * 0.45, 7);
  expect(reliability).toHaveLength(15);
  expect(reliability.map((bin) => bin.count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0]);
  expect(reliability[13]).toMatchObject({ lower: 13 / 15, upper: 14 / 15, accuracy: 0.5 });
  expect(reliability[13]!.confidence).toBeCloseTo(0.9, 7);
  expect(reliability[0]).toMatchObject({ count: 0, confidence: 0, accuracy: 0 });
});

test('a confidence on an edge belongs to the bin below it', () => {
  const { reliability } = calibrationOf(Float32Array.of(1, 0, 0, 1), Uint8Array.of(0, 1), 2);
  expect(reliability[14]).toEqual({ lower: 14 / 15, upper: 1, count: 2, confidence: 1, accuracy: 1 });
});

test('Brier score by hand: sure and right 0, sure and wrong 2, undecided between', () => {
  expect(brierScore(Float32Array.of(1, 0), Uint8Array.of(0), 2)).toBe(0);
  expect(brierScore(Float32Array.of(1, 0), Uint8Array.of(1), 2)).toBe(2);
  expect(brierScore(Float32Array.of(1, 0, 0.5, 0.5), Uint8Array.of(1, 1), 2)).toBe((2 + 0.5) / 2);
});

test('refuses arrays that do not fit', () => {
  expect(() => calibrationOf(Float32Array.of(1, 0), Uint8Array.of(2), 2)).toThrow(MetricsError);
  expect(() => brierScore(new Float32Array(0), new Uint8Array(0), 2)).toThrow(MetricsError);
});
