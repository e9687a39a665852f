import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import { decimal, duration, percent } from '../../shared/format.ts';
import type { Summary } from '../../shared/runs/summary.ts';

/** The result of a training. */
export interface Outcome {
  /** Whether it did what it was to do: overfit, or be cured. */
  readonly isReached: boolean;
  readonly sentence: string;
}

const gapOf = ({ last }: Summary): number => (last?.accuracy ?? 0) - (last?.val_accuracy ?? 0);

const pointsOf = (share: number): string => percent(share).replace('%', ' points');

/** Returns whether a run overfits, by the rule of the report. */
export const overfitOf = (run: Summary): Outcome => {
  const { onset, last, epochs } = run;
  const end = `after ${epochs} epochs, ${duration(run.seconds)} of training, it knows ${percent(last?.accuracy)} of its own pictures and ${percent(last?.val_accuracy)} of new ones`;
  return onset === undefined
    ? {
        isReached: false,
        sentence: `It does not overfit by the rule this time: ${end}, but the loss on new ones does not rise for good. ${OVERFITTING_RULE}`,
      }
    : { isReached: true, sentence: `It overfits from epoch ${onset}: ${end}.` };
};

/** Returns whether dropout has cured it: an overfitted run's loss on new pictures no longer rises, or ends lower with a smaller gap. */
export const cureOf = (plain: Summary, dropped: Summary): Outcome => {
  const [before, after] = [plain.last?.val_loss ?? Number.NaN, dropped.last?.val_loss ?? Number.NaN];
  const losses = `the loss on new pictures ends at ${decimal(after, 2)} instead of ${decimal(before, 2)}, and the gap is ${pointsOf(gapOf(dropped))} instead of ${pointsOf(gapOf(plain))}`;
  const isBetter = after < before && gapOf(dropped) < gapOf(plain);
  if (isBetter && dropped.onset === undefined) {
    return { isReached: true, sentence: `Cured: it does not overfit any more; ${losses}.` };
  }
  if (isBetter) {
    return {
      isReached: false,
      sentence: `Better, not cured: it still overfits, from epoch ${dropped.onset}; ${losses}. Try a higher rate.`,
    };
  }
  return { isReached: false, sentence: `No cure this time: ${losses}. Try another rate.` };
};
