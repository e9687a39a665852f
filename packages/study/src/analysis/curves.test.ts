import { describe, expect, test } from 'vitest';
import { rowOf } from '../testing/histories.ts';
import { armCurve, metricAt } from './curves.ts';

describe('armCurve', () => {
  test('a single run has no band', () => {
    const history = [rowOf(1, { val_loss: 1.5 }), rowOf(2, { val_loss: 1.2 })];
    expect(armCurve([history], 'val_loss')).toEqual([
      { epoch: 1, runs: 1, mean: 1.5, band: undefined },
      { epoch: 2, runs: 1, mean: 1.2, band: undefined },
    ]);
  });

  const histories = (...accuracies: number[]) => accuracies.map((accuracy) => [rowOf(1, { accuracy })]);

  test('four have the mean and Student’s 95% band', () => {
    const [point] = armCurve(histories(0.6, 0.8, 0.6, 0.8), 'accuracy');
    expect(point?.mean).toBeCloseTo(0.7, 12);
    expect(point?.runs).toBe(4);
    // sd 0.1 sqrt(4 / 3) over 4 runs, and Student's t of 3 degrees of freedom.
    const reach = (3.182446305 * 0.1 * Math.sqrt(4 / 3)) / 2;
    expect(point!.band!.upper - 0.7).toBeCloseTo(reach, 9);
    expect(0.7 - point!.band!.lower).toBeCloseTo(reach, 9);
  });

  test('a band of two or three would fill a chart: there is none', () => {
    const [point] = armCurve(histories(0.6, 0.7, 0.8), 'accuracy');
    expect(point).toMatchObject({ runs: 3, band: undefined });
    expect(point?.mean).toBeCloseTo(0.7, 12);
  });

  test('runs of unequal length, and a diverged one, count where they have metrics', () => {
    const histories = [
      [rowOf(1, { loss: 2 }), rowOf(2, { loss: 1 })],
      [rowOf(1, { loss: 4 }), rowOf(2, { loss: Number.NaN })],
      [rowOf(1, { loss: 3 })],
    ];
    expect(armCurve(histories, 'loss').map(({ epoch, runs, mean }) => [epoch, runs, mean])).toEqual([
      [1, 3, 3],
      [2, 1, 1],
    ]);
  });

  test('without validation images there is no validation curve, nor a gap', () => {
    expect(armCurve([[rowOf(1, {})]], 'val_accuracy')).toEqual([]);
    expect(armCurve([[rowOf(1, {})]], 'generalization_gap')).toEqual([]);
    expect(armCurve([], 'loss')).toEqual([]);
  });
});

test('the generalization gap is training minus validation accuracy', () => {
  expect(metricAt(rowOf(1, { accuracy: 0.875, val_accuracy: 0.75 }), 'generalization_gap')).toBe(0.125);
});
