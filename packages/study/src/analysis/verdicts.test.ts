import { describe, expect, test } from 'vitest';
import { clearRuns, finishedRuns, threeArms } from '../testing/study-runs.ts';
import { analyzeStudy } from './analysis.ts';
import { referenceVerdicts, verdictsOf } from './verdicts.ts';

const verdictsFor = (runs: Parameters<typeof analyzeStudy>[1]) =>
  verdictsOf(analyzeStudy(threeArms, runs).comparisons[0]!);

describe('verdictsOf', () => {
  test('says which arm is better where six seeds and an interval say so', () => {
    const [accuracy, loss] = verdictsFor(clearRuns());
    expect(accuracy).toMatch(
      /^“dropout” has a higher validation accuracy than “no dropout”: 0\.7503 and 0\.6903 at the last epoch, a difference of \+6\.00 points \(95% interval \+6\.00 points to \+6\.00 points, p = 0\.031, 6 seeds\)\.$/,
    );
    expect(loss).toMatch(/^“dropout” has a lower validation loss than “no dropout”: /);
  });

  test('the second arm can be the better', () => {
    const swapped = clearRuns().map((run) => ({
      ...run,
      arm: threeArms.arms.find(
        ({ name }) =>
          name ===
          ({ dropout: 'no-dropout', 'no-dropout': 'dropout', sgd: 'sgd' } as const)[run.arm.name as 'sgd'],
      )!,
    }));
    expect(verdictsFor(swapped)[0]).toMatch(
      /^“no dropout” has a higher validation accuracy than “dropout”: 0\.7503 and 0\.6903 at the last epoch, a difference of \+6\.00 points \(95% interval \+6\.00 points to \+6\.00 points, /,
    );
  });

  test('is undecided with fewer than six seeds, however clear they look', () => {
    const [accuracy] = verdictsFor(clearRuns().filter(({ seed }) => seed === 0));
    expect(accuracy).toBe(
      'Undecided whether validation accuracy differs between “dropout” and “no dropout”: 0.7500 and 0.6900 at the last epoch, a difference of +6.00 points over 1 seed, and fewer than 6 seeds cannot distinguish an effect from the luck of a seed.',
    );
  });

  test('is undecided when the interval goes through zero', () => {
    const runs = finishedRuns(threeArms, (arm, seed) => ({
      accuracy: 0.7 + (arm === 'dropout' ? [1, -1, 2, -2, 1.5, -1][seed]! * 0.01 : 0),
      loss: 1,
    }));
    const [accuracy] = verdictsFor(runs);
    expect(accuracy).toMatch(
      /^Undecided whether validation accuracy differs .* interval goes through zero \(95%/,
    );
  });

  test('is undecided when chance brings as much too often, though the interval is clear of zero', () => {
    // Signs + + + + + −: seldom enough for the bootstrap, not for the sign-flip test.
    const runs = finishedRuns(threeArms, (arm, seed) => ({
      accuracy: 0.7 + (arm === 'dropout' ? [2, 2.2, 1.8, 2.1, 1.9, -0.3][seed]! * 0.01 : 0),
      loss: 1,
    }));
    expect(verdictsFor(runs)[0]).toMatch(/, which chance alone brings too often \(95%/);
  });

  test('is undecided where no seed is finished in both', () => {
    const [accuracy] = verdictsFor(clearRuns().filter(({ arm }) => arm.name === 'dropout'));
    expect(accuracy).toBe(
      'Undecided which has the better validation accuracy: no seed is finished with both “dropout” and “no dropout”.',
    );
  });

  test('says which arm overfits', () => {
    const runs = clearRuns().map((run) =>
      run.arm.name === 'no-dropout' ? { ...run, history: run.history.map((row) => ({ ...row })) } : run,
    );
    const rising = runs.map((run) => {
      if (run.arm.name !== 'no-dropout') return run;
      const losses = [1.5, 1, 1.4];
      return { ...run, history: run.history.map((row, i) => ({ ...row, val_loss: losses[i]! })) };
    });
    // Means of the epochs so far: 1.5, 1.25, 1.3, which is 4% above the lowest: no onset yet.
    expect(verdictsFor(rising)[3]).toBe(
      '“no dropout” does not overfit within 3 epochs. Its validation loss is lowest at epoch 2 (median).',
    );
    const steeper = rising.map((run) =>
      run.arm.name === 'no-dropout'
        ? { ...run, history: [...run.history, { ...run.history[2]!, epoch: 4, loss: 0.5, val_loss: 2 }] }
        : run,
    );
    expect(verdictsFor(steeper)[3]).toBe(
      '“no dropout” overfits in 6 of its 6 runs, from epoch 4 on: validation loss stays more than 5% above its lowest while training loss falls on. Its validation loss is lowest at epoch 2 (median).',
    );
  });
});

describe('referenceVerdicts', () => {
  test('sets our mean beside the published one', () => {
    // 2 sqrt(.75 * .25 / 2 * (1 / 6 + 1 / 2)): with two validation images, anything is possible.
    expect(referenceVerdicts(analyzeStudy(threeArms, clearRuns()))).toEqual([
      '“dropout”: validation accuracy 0.7503 here, 0.7500 there, the mean of 2. The difference of +0.03 points is within two standard errors of accuracies on 2 images (50.00 points).',
    ]);
  });

  test('says when they are apart', () => {
    const runs = finishedRuns(threeArms, () => ({ accuracy: 0.7, loss: 1 })).map((run) => ({
      ...run,
      manifest: { ...run.manifest!, data: { ...run.manifest!.data, validationImages: 10_000 } },
    }));
    // 2 sqrt(.75 * .25 / 10000 * (1 / 6 + 1 / 2)) = 0.0071.
    expect(referenceVerdicts(analyzeStudy(threeArms, runs))[0]).toMatch(
      /The difference of −5\.00 points is beyond two standard errors of accuracies on 10000 images \(0\.71 points\)\.$/,
    );
  });
});
