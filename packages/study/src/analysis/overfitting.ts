import { counted } from '../format.ts';
import type { ArmAnalysis } from './analysis.ts';

/** The overfitting of a run, or of an arm, as far as it is known. */
export interface Overfitting {
  /** See `overfittingOnset` of @dropout-lab/metrics. */
  readonly onset: number | undefined;
  /** Training minus validation accuracy at the last epoch; undefined or NaN where it is not known. */
  readonly gap: number | undefined;
}

/** Returns what is known of overfitting where there is little room; without an onset, how far the accuracies are apart. */
export const overfittingInWords = ({ onset, gap }: Overfitting): string => {
  if (onset !== undefined) return `from epoch ${onset}`;
  return gap === undefined || !Number.isFinite(gap) ? '–' : `loss does not rise · ${gapInWords(gap)}`;
};

/** `gap 19.0 points`: a minus where validation is the better. */
const gapInWords = (gap: number): string => `gap ${pointsOf(gap)} points`;

const pointsOf = (fraction: number): string => `${(100 * fraction).toFixed(1)}`.replace('-', '−');

/** Returns a sentence on whether an arm's runs overfit, and from when on. */
export const overfittingVerdict = ({ title, runs, marks, metrics }: ArmAnalysis): string => {
  const overfitted = runs.filter(({ onset }) => onset !== undefined);
  const ofRuns = runs.length === 1 ? 'its run' : `${overfitted.length} of its ${runs.length} runs`;
  const lowest =
    marks.lowestLossEpoch === undefined
      ? ''
      : ` Its validation loss is lowest at epoch ${marks.lowestLossEpoch}${runs.length > 1 ? ' (median)' : ''}.`;
  const gap = metrics.generalization_gap.mean;
  const apart = Number.isFinite(gap)
    ? ` At the end training accuracy is ${pointsOf(Math.abs(gap))} points ${gap < 0 ? 'below' : 'above'} validation accuracy.`
    : '';
  if (overfitted.length === 0) {
    const epochs = counted(Math.max(...runs.map(({ epochs }) => epochs)), 'epoch');
    return `Validation loss of “${title}” does not rise for good within ${epochs}.${lowest}${apart}`;
  }
  const onset = marks.onset === undefined ? '' : `, from epoch ${marks.onset} on`;
  return `“${title}” overfits in ${ofRuns}${onset}: validation loss rises for good while training loss falls on.${lowest}${apart}`;
};
