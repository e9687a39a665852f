import { mean } from '@dropout-lab/metrics';
import { counted, formatCount, formatDifference, formatMetric, formatP, formatRange } from '../format.ts';
import type { ComparisonAnalysis, StudyAnalysis } from './analysis.ts';
import { overfittingVerdict } from './overfitting.ts';
import { SIGNIFICANCE, verdictOf } from './verdict.ts';

/**
 * Returns what a comparison shows, in sentences made of its numbers: first {@link verdictOf}, then what is to be said of
 * loss and overfitting.
 */
export const verdictsOf = (comparison: ComparisonAnalysis): string[] => [
  verdictOf(comparison.evidence),
  ...lossVerdict(comparison),
  ...[comparison.first, comparison.second].filter(({ runs }) => runs.length > 0).map(overfittingVerdict),
];

const lossVerdict = ({ first, second, differences }: ComparisonAnalysis): string[] => {
  const difference = differences.val_loss;
  if (difference === undefined) return [];
  const { meanDifference, seeds, statistics } = difference;
  const isFirstLower = meanDifference < 0;
  const [lower, higher] = isFirstLower ? [first, second] : [second, first];
  const numbers = `${formatMetric(lower.metrics.val_loss.mean, 'nats')} against ${formatMetric(higher.metrics.val_loss.mean, 'nats')} at the last epoch, ${formatDifference(-Math.abs(meanDifference), 'nats')} nats`;
  const names = `“${lower.title}” than with “${higher.title}”`;
  if (statistics === undefined)
    return [`Validation loss is lower with ${names}: ${numbers} over ${counted(seeds.length, 'seed')}.`];
  const { interval, pValue } = statistics;
  const [from, to] = isFirstLower ? [interval.lower, interval.upper] : [-interval.upper, -interval.lower];
  const range = `95% interval ${formatRange(from, to, 'nats')}, ${formatP(pValue)}, ${counted(seeds.length, 'seed')}`;
  return pValue < SIGNIFICANCE
    ? [`Validation loss is lower with ${names}: ${numbers} (${range}).`]
    : [
        `Validation loss does not differ by more than chance between “${lower.title}” and “${higher.title}”: ${numbers} (${range}).`,
      ];
};

/**
 * Our validation accuracy beside that published elsewhere, for each arm that has both: whether they are further apart
 * than two standard errors, `sqrt(p (1 - p) / images)` of a run, taken over the runs of both.
 */
export const referenceVerdicts = ({ reference, arms }: StudyAnalysis): string[] => {
  if (reference === undefined) return [];
  return arms.flatMap((arm) => {
    const published = reference.arms[arm.name]?.val_accuracy ?? [];
    const { mean: ours, runs } = arm.metrics.val_accuracy;
    if (published.length === 0 || runs === 0) return [];
    const theirs = mean(published);
    const ofImages = (theirs * (1 - theirs)) / arm.validationImages;
    const bound = 2 * Math.sqrt(ofImages * (1 / runs + 1 / published.length));
    const isSame = Math.abs(ours - theirs) <= bound;
    const means = published.length === 1 ? '' : `, the mean of ${published.length}`;
    return [
      `“${arm.title}”: validation accuracy ${formatMetric(ours, 'fraction')} here, ${formatMetric(theirs, 'fraction')} there${means}. The difference of ${formatDifference(ours - theirs, 'fraction')} is ${isSame ? 'within' : 'beyond'} two standard errors of accuracies on ${formatCount(arm.validationImages)} images (${(bound * 100).toFixed(1)} points).`,
    ];
  });
};
