import { datasetOf } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { shippedStudies } from '../study/shipped.ts';
import { parseStudy } from '../study/study.ts';
import { clearRuns, finishedRuns, threeArms } from '../testing/study-runs.ts';
import { analyzeStudy, sweptSettingOf } from './analysis.ts';

describe('analyzeStudy', () => {
  const runs = clearRuns();
  const analysis = analyzeStudy(threeArms, runs);

  test('sums the metrics of an arm up over its seeds', () => {
    const [dropout] = analysis.arms;
    expect(dropout?.runs.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4, 5]);
    const { metrics } = dropout!;
    expect(metrics.val_loss.mean).toBeCloseTo(0.84 - 0.002 / 6, 12);
    expect(metrics.best_val_loss.runs).toBe(6);
    // The median of 30, 10 and 12 seconds.
    expect(metrics.seconds_per_epoch).toEqual({ runs: 6, mean: 12, standardDeviation: 0 });
    expect(metrics.generalization_gap.mean).toBeCloseTo(0.75 - metrics.val_accuracy.mean, 12);
    expect(dropout?.curves.val_accuracy.map(({ epoch, runs }) => [epoch, runs])).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
    ]);
  });

  test('pairs the arms of a comparison by seed', () => {
    const { differences } = analysis.comparisons[0]!;
    expect(differences.val_accuracy?.seeds).toEqual([0, 1, 2, 3, 4, 5]);
    expect(differences.val_accuracy?.meanDifference).toBeCloseTo(0.06 + 2.5e-4 * 0.06, 12);
    expect(differences.val_accuracy?.statistics?.pValue).toBeLessThan(1e-9);
    expect(differences.val_accuracy?.statistics?.signFlipPValue).toBe(2 / 64);
    expect(differences.seconds_per_epoch?.meanDifference).toBe(0);
  });

  test('counts the test images of all seeds together', () => {
    const { test: pooled } = analysis.arms[0]!;
    expect(pooled?.classNames).toEqual(datasetOf('cifar10').classNames);
    expect(pooled?.confusion).toEqual([
      [24, 6],
      [12, 18],
    ]);
    expect(pooled?.reliability[1]).toMatchObject({ count: 60 });
    expect(pooled?.reliability[1]?.confidence).toBeCloseTo(0.8, 12);
    expect(pooled?.reliability[0]).toMatchObject({ count: 0, accuracy: 0 });
  });

  test('lists the settings in which the arms differ', () => {
    expect(analysis.settings[0]).toEqual({ path: 'model.dropout.rate', values: [0.5, 0, 0.5] });
  });

  test('says where the metrics come from, and not where files are', () => {
    expect(analysis.provenance).toMatchObject({
      commits: ['c0ffee'],
      commands: ['dropout-lab study run three --seeds 6'],
      backends: ['wasm (SIMD), 2 replicas'],
      machines: ['a processor, 2 cores, 16 GiB, linux x64'],
      data: ['test_batch.bin: abc'],
    });
  });

  test('says beside the images how they were looked at', () => {
    const viewed = runs.map((run) => {
      const config = { ...run.config, testTimeAugmentation: 'flip' as const };
      return { ...run, config, manifest: { ...run.manifest!, config } };
    });
    const { images } = analyzeStudy(threeArms, viewed).provenance;
    expect(images).toEqual([expect.stringMatching(/ test images, test-time augmentation flip$/)]);
  });

  test('does without runs that are not finished, and lists them', () => {
    const some = runs.map((run, i) =>
      i === 0
        ? { ...run, state: 'stopped' as const, history: run.history.slice(0, 2), evaluation: undefined }
        : run,
    );
    const { arms, missing, comparisons } = analyzeStudy(threeArms, some);
    expect(missing).toEqual([{ arm: 'dropout', seed: 0, state: 'stopped', epoch: 2, epochs: 3 }]);
    expect(arms[0]?.runs).toHaveLength(5);
    expect(comparisons[0]?.differences.val_accuracy?.seeds).toEqual([1, 2, 3, 4, 5]);
    expect(comparisons[0]?.differences.val_accuracy?.statistics?.signFlipPValue).toBeUndefined();
  });

  test('takes no metric from the epochs of a run that has lost some, and names it', () => {
    const gaps = { epochs: [[3, 4]], steps: [] } as const;
    const some = runs.map((run, i) => (i === 0 ? { ...run, history: run.history.slice(0, 2), gaps } : run));
    const analysis = analyzeStudy(threeArms, some);
    expect(analysis.gaps).toEqual([{ arm: 'dropout', seed: 0, gaps }]);
    const [first] = analysis.arms[0]!.runs;
    expect(first).toMatchObject({
      epochs: 4,
      lowestLossEpoch: undefined,
      metrics: { val_loss: Number.NaN, val_accuracy: Number.NaN, test_accuracy: expect.closeTo(0.75, 1) },
    });
    expect(analysis.comparisons[0]?.differences.val_accuracy?.seeds).toEqual([1, 2, 3, 4, 5]);
    expect(analysis.comparisons[0]?.differences.test_accuracy?.seeds).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('of nothing finished there is nothing to say', () => {
    const none = runs.map((run) => ({ ...run, state: 'missing' as const, history: [], manifest: undefined }));
    const { arms, missing, comparisons, provenance } = analyzeStudy(threeArms, none);
    expect(missing).toHaveLength(18);
    expect(arms[0]).toMatchObject({ runs: [], test: undefined, marks: {} });
    expect(comparisons[0]?.differences.val_accuracy).toBeUndefined();
    expect(provenance.started).toBeUndefined();
  });
});

describe('sweptSettingOf', () => {
  test('is the one number in which arms differ', () => {
    const study = parseStudy(
      shippedStudies.find(({ name }) => name === 'dropout-rate'),
      'dropout-rate',
    );
    const analysis = analyzeStudy(
      study,
      finishedRuns(study, () => ({ accuracy: 0.7, loss: 1 })),
    );
    expect(sweptSettingOf(analysis)).toEqual({
      path: 'model.dropout.rate',
      values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    });
  });

  test('is none where arms differ in more', () => {
    expect(sweptSettingOf(analyzeStudy(threeArms, clearRuns()))).toBeUndefined();
  });
});
