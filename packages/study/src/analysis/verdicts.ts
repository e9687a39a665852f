import { holmAdjusted, mean, permutationPValue } from '@dropout-lab/metrics';
import { counted, formatCount, formatDifference, formatMetric, formatP, formatRange } from '../format.ts';
import type { Reference } from '../study/study.ts';
import type { ArmAnalysis, ComparisonAnalysis } from './analysis.ts';
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
 * Our validation accuracy beside that published elsewhere, for each arm that has both. Where there are enough runs on both
 * sides for it to matter, whether they differ by more than chance, by the permutation test; with fewer, whether they are
 * further apart than two standard errors, `sqrt(p (1 - p) / images)` of a run, taken over the runs of both.
 */
export const referenceVerdicts = (
  { source, arms: published }: Reference,
  arms: readonly ArmAnalysis[],
): string[] => {
  const pairs = arms.flatMap((arm) => {
    const theirs = published[arm.name]?.val_accuracy ?? [];
    // Of a run that diverged there is none.
    const ours = arm.runs.flatMap(({ metrics: { val_accuracy: own } }) =>
      own === undefined || !Number.isFinite(own) ? [] : [own],
    );
    return theirs.length === 0 || ours.length === 0 ? [] : [{ arm, ours, theirs }];
  });
  const tested = pairs.filter(({ ours, theirs }) => canDiffer(ours.length, theirs.length));
  const adjusted = holmAdjusted(tested.map(({ ours, theirs }) => permutationPValue(ours, theirs)));
  return pairs.map((pair) => {
    const { arm, ours, theirs } = pair;
    const [here, there] = [mean(ours), mean(theirs)];
    const numbers = `${formatMetric(here, 'fraction')} here, the mean of ${counted(ours.length, 'run')}, and ${formatMetric(there, 'fraction')} there${theirs.length === 1 ? '' : `, the mean of ${theirs.length}`}: ${formatDifference(here - there, 'fraction')}`;
    const pValue = adjusted[tested.indexOf(pair)];
    if (pValue !== undefined) {
      const corrected = tested.length === 1 ? '' : ` after Holm’s correction for ${tested.length} arms`;
      return `“${arm.title}” beside ${source}: validation accuracy ${pValue < SIGNIFICANCE ? 'differs' : 'does not differ'} by more than chance, ${numbers} (${formatP(pValue)}${corrected}, permutation test).`;
    }
    const ofImages = (there * (1 - there)) / arm.validationImages;
    const bound = 2 * Math.sqrt(ofImages * (1 / ours.length + 1 / theirs.length));
    const isSame = Math.abs(here - there) <= bound;
    return `“${arm.title}” beside ${source}: validation accuracy is ${numbers}, ${isSame ? 'within' : 'beyond'} two standard errors of accuracies on ${formatCount(arm.validationImages)} images (${(bound * 100).toFixed(1)} points).`;
  });
};

/** Fewer ways to divide the runs cannot reach p < .05; of more numbers they cannot be counted. */
const [FEWEST_WAYS, MOST_RUNS] = [40, 20];

const canDiffer = (first: number, second: number): boolean =>
  first + second <= MOST_RUNS && waysToDivide(first, second) >= FEWEST_WAYS;

/** The binomial coefficient of the two counts' sum. */
const waysToDivide = (first: number, second: number): number => {
  let ways = 1;
  for (let i = 1; i <= first; i++) ways *= (second + i) / i;
  return Math.round(ways);
};
