import { describe, expect, test } from 'vitest';
import { lowestValidationLoss, medianMarks, overfittingOnset } from './overfitting.ts';

const historyOf = (losses: readonly number[], validationLosses: readonly number[]) =>
  losses.map((loss, i) => ({ epoch: i + 1, loss, val_loss: validationLosses[i] }));

const falling = (epochs: number) => Array.from({ length: epochs }, (_, i) => 2 / (i + 1));

describe('lowestValidationLoss', () => {
  test('is the first of equals', () => {
    expect(lowestValidationLoss(historyOf(falling(4), [1.5, 1.1, 1.1, 1.3]))).toEqual({
      epoch: 2,
      loss: 1.1,
    });
  });

  test('without validation, or of nothing but NaN, there is none', () => {
    expect(lowestValidationLoss([{ epoch: 1, loss: 1 }])).toBeUndefined();
    expect(lowestValidationLoss(historyOf([1], [Number.NaN]))).toBeUndefined();
    expect(lowestValidationLoss([])).toBeUndefined();
  });
});

describe('overfittingOnset', () => {
  test('is the epoch from which the smoothed loss stays 5% above its lowest', () => {
    // Means of five: … 1 at epochs 5 to 10, then 1.02, 1.06 (the first above 1.05), 1.12, 1.2, 1.3.
    const losses = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.1, 1.2, 1.3, 1.4, 1.5];
    expect(overfittingOnset(historyOf(falling(15), losses))).toBe(12);
  });

  test('a loss that falls, or stays within the noise, has none', () => {
    expect(overfittingOnset(historyOf(falling(20), falling(20)))).toBeUndefined();
    const noisy = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 0.98 : 1.02));
    expect(overfittingOnset(historyOf(falling(20), noisy))).toBeUndefined();
  });

  test('a hump that goes down again is none', () => {
    const hump = [1, 1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5, 1.5, 1, 1, 1, 1, 1];
    expect(overfittingOnset(historyOf(falling(15), hump))).toBeUndefined();
  });

  test('training and validation loss that rise together are no overfitting', () => {
    const rising = Array.from({ length: 15 }, (_, i) => 1 + i * 0.1);
    expect(overfittingOnset(historyOf(rising, rising))).toBeUndefined();
  });

  test('an empty history has none', () => {
    expect(overfittingOnset([])).toBeUndefined();
  });
});

describe('medianMarks', () => {
  const marks = (lowestLossEpoch: number | undefined, onset: number | undefined) => ({
    lowestLossEpoch,
    onset,
  });

  test('are the medians of the runs, whatever an outlier says', () => {
    expect(medianMarks([marks(5, 9), marks(6, 10), marks(40, 50)])).toEqual(marks(6, 10));
    // Of an even number, the mean of the middle two, to a whole epoch.
    expect(medianMarks([marks(5, 9), marks(8, 12)])).toEqual(marks(7, 11));
    expect(medianMarks([marks(5, 9)])).toEqual(marks(5, 9));
  });

  test('there is an onset when more than half of the runs have one', () => {
    expect(medianMarks([marks(5, 9), marks(6, undefined)])).toEqual(marks(6, undefined));
    expect(medianMarks([marks(5, 9), marks(6, undefined), marks(7, 13)])).toEqual(marks(6, 11));
  });

  test('of no runs, or none with validation, there are none', () => {
    expect(medianMarks([])).toEqual(marks(undefined, undefined));
    expect(medianMarks([marks(undefined, undefined)])).toEqual(marks(undefined, undefined));
  });
});
