import { expect, test } from 'vitest';
import { summaryOf } from '../../shared/runs/summary.ts';
import { createDigest } from '../../testing/runs.ts';
import { cureOf, overfitOf } from './outcome.ts';

/** A run of 20 epochs whose validation loss is given, and whose training loss falls. */
const runOf = (valLoss: (epoch: number) => number, accuracy: number, valAccuracy: number) =>
  summaryOf(
    createDigest(
      'run',
      {},
      Array.from({ length: 20 }, (_, i) => ({
        loss: 2 / (i + 1),
        accuracy,
        val_loss: valLoss(i + 1),
        val_accuracy: valAccuracy,
      })),
    ),
  );

const rising = (epoch: number): number => 1.5 + 0.1 * Math.abs(epoch - 6);
const falling = (epoch: number): number => 1 + 1 / epoch;

test('a run that overfits, and one that does not, are named as they are', () => {
  expect(overfitOf(runOf(rising, 1, 0.45))).toEqual({
    isReached: true,
    sentence:
      'It overfits from epoch 6: after 20 epochs, 6 min 40 s of training, it knows 100.0% of its own pictures and 45.0% of new ones.',
  });
  const spared = overfitOf(runOf(falling, 0.6, 0.55));
  expect(spared.isReached).toBe(false);
  expect(spared.sentence).toMatch(
    /^It does not overfit by the rule this time: .* A run overfits from the epoch/,
  );
});

test.each([
  [
    'cured',
    runOf(falling, 0.7, 0.5),
    true,
    /^Cured: it does not overfit any more; the loss on new pictures ends at 1\.05 instead of 2\.90, and the gap is 20\.0 points instead of 55\.0 points\.$/,
  ],
  [
    'better',
    runOf((epoch) => rising(epoch) - 0.5, 0.8, 0.5),
    false,
    /^Better, not cured: it still overfits, from epoch 6; .* Try a higher rate\.$/,
  ],
  [
    'no cure',
    runOf((epoch) => rising(epoch) + 0.5, 0.9, 0.45),
    false,
    /^No cure this time: .* Try another rate\.$/,
  ],
] as const)('dropout that leaves it %s', (_, dropped, isReached, sentence) => {
  const outcome = cureOf(runOf(rising, 1, 0.45), dropped);
  expect(outcome.isReached).toBe(isReached);
  expect(outcome.sentence).toMatch(sentence);
});
