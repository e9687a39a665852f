import { describe, expect, test } from 'vitest';
import { clearRuns, finishedRuns, threeArms } from '../testing/study-runs.ts';
import { analyzeStudy } from './analysis.ts';
import { referenceVerdicts, verdictsOf } from './verdicts.ts';

const verdictsFor = (runs: Parameters<typeof analyzeStudy>[1]) =>
  verdictsOf(analyzeStudy(threeArms, runs).comparisons[0]!);

describe('verdictsOf', () => {
  test('begin with the comparison of the models and of the setting, then say what loss does', () => {
    const [accuracy, loss] = verdictsFor(clearRuns());
    expect(accuracy).toBe(
      'Whatever the seed, “dropout” gives better models than “no dropout” on the same 10,000 test images: over 6 seeds 75.0% against 69.0% on average, +6.0 points (95% interval 6.0 to 6.0, p < 0.001). With each seed, too, the two models differ by more than chance.',
    );
    expect(loss).toBe(
      'Validation loss is lower with “dropout” than with “no dropout”: 0.8397 against 0.8997 at the last epoch, −0.060 nats (95% interval −0.060 to −0.060, p < 0.001, 6 seeds).',
    );
  });

  test('with one seed', () => {
    const [accuracy, loss] = verdictsFor(clearRuns().filter(({ seed }) => seed === 0));
    expect(accuracy).toMatch(
      /^The model trained with “dropout” is better than the one with “no dropout” on the same 10,000 test images: 75\.0% against 69\.0%, \+6\.0 points \(95% interval 4\.8 to 7\.2, p < 0\.001\)\. Which images each model got right was not kept, .* One seed cannot say how much of that is luck; /,
    );
    expect(loss).toBe(
      'Validation loss is lower with “dropout” than with “no dropout”: 0.8400 against 0.9000 at the last epoch, −0.060 nats over 1 seed.',
    );
  });

  test('of losses that scatter nothing is claimed', () => {
    const runs = finishedRuns(threeArms, (arm, seed) => ({
      accuracy: 0.7,
      loss: 1 + (arm === 'dropout' ? [2, 2.2, -1.8, 2.1, -1.9, -0.3][seed]! * 0.01 : 0),
    }));
    expect(verdictsFor(runs)[1]).toMatch(
      /^Validation loss does not differ by more than chance between “no dropout” and “dropout”: 1\.0000 against 1\.0038 at the last epoch, −0\.004 nats \(95% interval −0\.024 to 0\.017, p = 0\.6\d\d, 6 seeds\)\.$/,
    );
  });

  test('a loss that no seed has in both arms is left out', () => {
    const verdicts = verdictsFor(clearRuns().filter(({ arm }) => arm.name === 'dropout'));
    expect(verdicts).toEqual([
      'Nothing to compare yet: no run of “no dropout” has been measured on validation or test images.',
      expect.stringMatching(/^Validation loss of “dropout” does not rise/),
    ]);
  });

  test('an arm that diverged is named', () => {
    const runs = clearRuns().map((run) =>
      run.arm.name === 'no-dropout' && run.seed > 0
        ? { ...run, state: 'diverged' as const, evaluation: undefined }
        : run,
    );
    expect(verdictsFor(runs)[0]).toMatch(/ 5 runs of “no dropout” diverged and are left out\.$/);
  });
});

const besides = (runs: Parameters<typeof analyzeStudy>[1], reference = threeArms.references[0]!): string[] =>
  referenceVerdicts(reference, analyzeStudy(threeArms, runs).arms);

/** Runs that each end at an accuracy of their own. */
const runsOf = (accuracies: Readonly<Record<string, readonly number[]>>) =>
  finishedRuns(threeArms, (arm, seed) => ({ accuracy: accuracies[arm]?.[seed] ?? 0.5, loss: 1 }));

describe('referenceVerdicts', () => {
  test('sets our mean beside the published one', () => {
    // 2 sqrt(.75 * .25 / 2 * (1 / 6 + 1 / 2)): with two validation images, anything is possible.
    expect(besides(clearRuns())).toEqual([
      '“dropout” beside a book: validation accuracy is 75.0% here, the mean of 6 runs, and 75.0% there, the mean of 2: +0.0 points, within two standard errors of accuracies on 2 images (50.0 points).',
    ]);
  });

  test('says when they are apart', () => {
    const runs = finishedRuns(threeArms, () => ({ accuracy: 0.7, loss: 1 })).map((run) => ({
      ...run,
      manifest: { ...run.manifest!, data: { ...run.manifest!.data, validationImages: 10_000 } },
    }));
    // 2 sqrt(.75 * .25 / 10000 * (1 / 6 + 1 / 2)) = 0.0071.
    expect(besides(runs)[0]).toMatch(
      /: −5\.0 points, beyond two standard errors of accuracies on 10,000 images \(0\.7 points\)\.$/,
    );
  });

  test('asks of runs on both sides whether chance makes the difference, and corrects for the arms', () => {
    const ours = [0.74, 0.75, 0.76, 0.745, 0.755, 0.75];
    const of = (val_accuracy: number[]) => ({ val_accuracy, val_loss: [], test_accuracy: [] });
    const reference = {
      source: 'Keras',
      arms: { dropout: of([0.748, 0.752, 0.744, 0.757]), 'no-dropout': of([0.7, 0.71, 0.69, 0.695]) },
    };
    // The lowest of all 210 ways to divide ten runs: p = 1 / 210, twice that for two arms.
    expect(besides(runsOf({ dropout: ours, 'no-dropout': ours }), reference)).toEqual([
      '“dropout” beside Keras: validation accuracy does not differ by more than chance, 75.0% here, the mean of 6 runs, and 75.0% there, the mean of 4: +0.0 points (p = 0.957 after Holm’s correction for 2 arms, permutation test).',
      '“no dropout” beside Keras: validation accuracy differs by more than chance, 75.0% here, the mean of 6 runs, and 69.9% there, the mean of 4: +5.1 points (p = 0.010 after Holm’s correction for 2 arms, permutation test).',
    ]);
  });

  test('a run that diverged does not count', () => {
    const of = { val_accuracy: [0.748, 0.752, 0.744, 0.757], val_loss: [], test_accuracy: [] };
    const runs = runsOf({ dropout: [0.74, 0.75, 0.76, 0.745, 0.755, Number.NaN] });
    const [verdict] = besides(runs, { source: 'Keras', arms: { dropout: of } });
    expect(verdict).toContain('75.0% here, the mean of 5 runs');
    expect(verdict).toContain('permutation test');
  });

  test('three runs on each side can never differ by more than chance, so that their images decide', () => {
    const three = threeArms.references.map((reference) => ({
      ...reference,
      arms: { dropout: { ...reference.arms['dropout']!, val_accuracy: [0.7, 0.71, 0.72] } },
    }))[0]!;
    const runs = runsOf({ dropout: [0.75, 0.75, 0.75] }).filter(({ seed }) => seed < 3);
    expect(besides(runs, three)[0]).toContain('two standard errors');
  });
});
