import { describe, expect, test } from 'vitest';
import { historyOf, rowOf } from '../testing/histories.ts';
import { lowestValidationLoss, overfittingOnset } from './overfitting.ts';

const falling = (epochs: number) => Array.from({ length: epochs }, (_, i) => 2 / (i + 1));

describe('lowestValidationLoss', () => {
  test('is the first of equals', () => {
    expect(lowestValidationLoss(historyOf(falling(4), [1.5, 1.1, 1.1, 1.3]))).toEqual({
      epoch: 2,
      loss: 1.1,
    });
  });

  test('without validation, or of nothing but NaN, there is none', () => {
    expect(lowestValidationLoss([rowOf(1, {})])).toBeUndefined();
    expect(lowestValidationLoss([rowOf(1, { val_loss: Number.NaN })])).toBeUndefined();
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
