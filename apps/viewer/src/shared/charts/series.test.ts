import type { EpochRow } from '@dropout-lab/runs';
import type { CurveMetric } from '@dropout-lab/study';
import { expect, test } from 'vitest';
import { createDigest } from '../../testing/runs.ts';
import { armsOf } from '../runs/arms.ts';
import { summaryOf } from '../runs/summary.ts';
import { pairsOf, seriesOf } from './series.ts';

const runs = [0.4, 0.5].map((val_accuracy, seed) =>
  createDigest(`dropout-${seed}`, { seed }, [
    { val_accuracy, val_loss: 1.2 },
    { val_accuracy: val_accuracy + 0.1, val_loss: Number.NaN },
  ]),
);
const bare = createDigest('bare', { model: { dropout: { rate: 0 } } }, [{ val_accuracy: 0.3, val_loss: 1 }]);
const arms = armsOf([...runs, bare]);
const summaries = [...runs, bare].map(summaryOf);

test('a curve for each run, in the colour of its arm, without losses that are not finite', () => {
  const series = seriesOf(summaries, arms, 'val_loss', { x: 'epoch', smooth: 0, group: false });
  expect(series.map(({ label, arm, points }) => [label, arm, points.map(({ x, y }) => [x, y])])).toEqual([
    ['dropout 0.5 · seed 0', 0, [[1, 1.2]]],
    ['dropout 0.5 · seed 1', 0, [[1, 1.2]]],
    ['no dropout', 1, [[1, 1]]],
  ]);
});

test('the runs of a lone arm are named by their seeds', () => {
  const options = { x: 'epoch', smooth: 0, group: false } as const;
  const series = seriesOf(runs.map(summaryOf), armsOf(runs), 'val_loss', options);
  expect(series.map(({ label }) => label)).toEqual(['seed 0', 'seed 1']);
});

test('grouped, the mean of an arm, from four seeds on with its band', () => {
  const grouped = (of: typeof runs) =>
    seriesOf([...of, bare].map(summaryOf), armsOf([...of, bare]), 'val_accuracy', {
      x: 'time',
      smooth: 0,
      group: true,
    });
  const [dropout, none] = grouped(runs);
  expect(dropout!.label).toBe('dropout 0.5');
  expect(dropout!.points.map(({ x }) => x)).toEqual([20 / 60, 40 / 60]);
  expect(dropout!.points[0]!.y).toBeCloseTo(0.45, 12);
  expect(dropout!.points[0]!.band).toBe(undefined);
  expect(none).toMatchObject({ label: 'no dropout', arm: 1, points: [{ y: 0.3, band: undefined }] });

  const four = [0, 1, 2, 3].map((seed) =>
    createDigest(`dropout-${seed}`, { seed }, [{ val_accuracy: seed % 2 === 0 ? 0.4 : 0.5, val_loss: 1 }]),
  );
  const [banded] = grouped(four);
  expect(banded!.points[0]!.y).toBeCloseTo(0.45, 12);
  // Student's t of 3 degrees of freedom, 3.182, times the standard error 0.05 / sqrt(3).
  expect(banded!.points[0]!.band!.upper).toBeCloseTo(0.45 + (3.182 * 0.05) / Math.sqrt(3), 3);
});

/** Loss falls to its lowest at epoch 3 after `late` more epochs, then climbs. */
const overfitted = (name: string, seed: number, late: number) => {
  const losses = [...Array(late).fill(1.5), 1.4, 1.1, 0.9, 0.9, 1, 1.2, 1.5, 1.7, 1.9, 2.1];
  const rows: Partial<EpochRow>[] = losses.map((val_loss, i) => ({
    val_loss,
    val_accuracy: 0.6,
    loss: 1.5 - i / 100,
  }));
  return summaryOf(createDigest(name, { seed }, rows));
};

test('validation curves are marked where loss is lowest and where overfitting has set in, training curves are not', () => {
  const summary = overfitted('overfits', 0, 0);
  expect(summary.onset).toBe(3);
  const marksOf = (metric: CurveMetric, x: 'epoch' | 'time') => {
    const arms = armsOf([summary.run]);
    const [series] = seriesOf([summary], arms, metric, { x, smooth: 0, group: false });
    return [series!.lowest, series!.onset];
  };
  expect(marksOf('val_loss', 'epoch')).toEqual([3, 3]);
  expect(marksOf('val_accuracy', 'epoch')).toEqual([3, 3]);
  expect(marksOf('val_loss', 'time')).toEqual([1, 1]);
  expect(marksOf('loss', 'epoch')).toEqual([undefined, undefined]);
});

test('an arm is marked at the median of its runs, as in the report', () => {
  const group = [0, 1, 9].map((late, seed) => overfitted(`late-${late}`, seed, late));
  const onsets = group.map(({ onset }) => onset!);
  expect(onsets[2]! - onsets[1]!).toBeGreaterThan(5);
  const [series] = seriesOf(group, armsOf(group.map(({ run }) => run)), 'val_loss', {
    ...{ x: 'epoch', smooth: 0, group: true },
  });
  expect([series!.lowest, series!.onset]).toEqual([4, onsets[1]]);
});

test('pairs: validation with the curve of training beside it, named at its end', () => {
  const pairs = pairsOf(summaries, arms, 'loss', { x: 'epoch', smooth: 0, group: true });
  expect(pairs.map(({ label, end, dashed = false }) => [label, end, dashed])).toEqual([
    ['dropout 0.5, validation', 'dropout 0.5', false],
    ['dropout 0.5, training', '', true],
    ['no dropout, validation', 'no dropout', false],
    ['no dropout, training', '', true],
  ]);
  const [validation, training] = pairs;
  expect(validation!.training).toBe(training!.points);
  expect(training!.points.map(({ y }) => y)).toEqual([1, 1]);
});
