import { expect, test } from 'vitest';
import { rowOf } from '../testing/histories.ts';
import { clearRuns, threeArms } from '../testing/study-runs.ts';
import { analyzeStudy } from './analysis.ts';
import { overfittingInWords, overfittingVerdict } from './overfitting.ts';

/** The verdict on “no dropout”, whose six runs have these losses and accuracies. */
const verdictOf = (
  losses: readonly number[],
  accuracies: { readonly training: number; readonly validation: number },
) => {
  const runs = clearRuns().map((run) => ({
    ...run,
    history: losses.map((val_loss, i) =>
      rowOf(i + 1, {
        ...{ loss: 2 / (i + 1), val_loss },
        ...{ accuracy: accuracies.training, val_accuracy: accuracies.validation },
      }),
    ),
  }));
  return overfittingVerdict(analyzeStudy(threeArms, runs).arms[1]!);
};

test('an arm whose losses rise for good overfits from the epoch of the lowest on', () => {
  expect(verdictOf([1.5, 1.2, 1, 1.2, 1.4, 1.6], { training: 0.9, validation: 0.71 })).toBe(
    '“no dropout” overfits in 6 of its 6 runs, from epoch 3 on: validation loss rises for good while training loss falls on. Its validation loss is lowest at epoch 3 (median). At the end training accuracy is 19.0 points above validation accuracy.',
  );
});

test('of one whose losses do not rise nothing else is claimed: the accuracies may be far apart', () => {
  expect(verdictOf([1.5, 1.2, 1, 1.01, 1, 1.01], { training: 0.9, validation: 0.71 })).toBe(
    'Validation loss of “no dropout” does not rise for good within 6 epochs. Its validation loss is lowest at epoch 3 (median). At the end training accuracy is 19.0 points above validation accuracy.',
  );
  expect(verdictOf([1.5], { training: 0.5, validation: 0.6 })).toBe(
    'Validation loss of “no dropout” does not rise for good within 1 epoch. Its validation loss is lowest at epoch 1 (median). At the end training accuracy is 10.0 points below validation accuracy.',
  );
});

test('in few words', () => {
  expect(overfittingInWords({ onset: 13, gap: 0.2 })).toBe('from epoch 13');
  expect(overfittingInWords({ onset: undefined, gap: 0.19 })).toBe('loss does not rise · gap 19.0 points');
  expect(overfittingInWords({ onset: undefined, gap: -0.05 })).toBe('loss does not rise · gap −5.0 points');
  expect(overfittingInWords({ onset: undefined, gap: undefined })).toBe('–');
  expect(overfittingInWords({ onset: undefined, gap: Number.NaN })).toBe('–');
});
