import { mean } from '@dropout-lab/metrics';
import { counted, formatDifference, formatMetric } from '../format.ts';
import type { ArmAnalysis, ComparisonAnalysis, StudyAnalysis } from './analysis.ts';
import { type MetricKey, metricDefinitions } from './metrics.ts';
import { FEWEST_PAIRS } from './paired-difference.ts';

/** The chance of a difference this large without an effect, above which nothing is claimed. */
const SIGNIFICANCE = 0.05;

/** Returns what a comparison shows, and what it does not, in sentences made of its numbers. */
export const verdictsOf = (comparison: ComparisonAnalysis): string[] => [
  ...(['val_accuracy', 'val_loss'] as const).map((key) => differenceVerdict(comparison, key)),
  ...overfittingVerdicts(comparison),
];

const differenceVerdict = ({ first, second, differences }: ComparisonAnalysis, key: MetricKey): string => {
  const { title, unit, better } = metricDefinitions.find((metric) => metric.key === key)!;
  const difference = differences[key];
  const what = title.replace(/,.*/, '');
  if (difference === undefined) {
    return `Undecided which has the better ${what}: no seed is finished with both “${first.title}” and “${second.title}”.`;
  }
  const { meanDifference, seeds, statistics } = difference;
  /** In the order in which a sentence names the arms. */
  const metricsOf = (one: ArmAnalysis, other: ArmAnalysis, difference: number): string =>
    `${formatMetric(one.metrics[key].mean, unit)} and ${formatMetric(other.metrics[key].mean, unit)} at the last epoch, a difference of ${formatDifference(difference, unit)}`;
  const metrics = metricsOf(first, second, meanDifference);
  const undecided = `Undecided whether ${what} differs between “${first.title}” and “${second.title}”: ${metrics}`;
  if (statistics === undefined) {
    return `${undecided} over ${counted(seeds.length, 'seed')}, and fewer than ${FEWEST_PAIRS} seeds cannot distinguish an effect from the luck of a seed.`;
  }
  const { interval, pValue } = statistics;
  const rangeOf = (lower: number, upper: number): string =>
    `95% interval ${formatDifference(lower, unit)} to ${formatDifference(upper, unit)}, p = ${formatP(pValue)}, ${counted(seeds.length, 'seed')}`;
  const range = rangeOf(interval.lower, interval.upper);
  if (interval.lower <= 0 && interval.upper >= 0) {
    return `${undecided}, whose interval goes through zero (${range}).`;
  }
  if (pValue >= SIGNIFICANCE) {
    return `${undecided}, which chance alone brings too often (${range}).`;
  }
  const isFirstHigher = meanDifference > 0;
  const isFirstBetter = isFirstHigher === (better === 'higher');
  const has = `has ${better === 'higher' ? 'a higher' : 'a lower'} ${what} than`;
  return isFirstBetter
    ? `“${first.title}” ${has} “${second.title}”: ${metrics} (${range}).`
    : `“${second.title}” ${has} “${first.title}”: ${metricsOf(second, first, -meanDifference)} (${rangeOf(-interval.upper, -interval.lower)}).`;
};

const overfittingVerdicts = ({ first, second }: ComparisonAnalysis): string[] =>
  [first, second].filter(({ runs }) => runs.length > 0).map(overfittingOf);

const overfittingOf = ({ title, runs, marks }: ArmAnalysis): string => {
  const overfitted = runs.filter(({ onset }) => onset !== undefined);
  const ofRuns = runs.length === 1 ? 'its run' : `${overfitted.length} of its ${runs.length} runs`;
  const lowest =
    marks.lowestLossEpoch === undefined
      ? ''
      : ` Its validation loss is lowest at epoch ${marks.lowestLossEpoch}${runs.length > 1 ? ' (median)' : ''}.`;
  if (overfitted.length === 0) {
    return `“${title}” does not overfit within ${Math.max(...runs.map(({ epochs }) => epochs))} epochs.${lowest}`;
  }
  const onset = marks.onset === undefined ? '' : `, from epoch ${marks.onset} on`;
  return `“${title}” overfits in ${ofRuns}${onset}: validation loss stays more than 5% above its lowest while training loss falls on.${lowest}`;
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
      `“${arm.title}”: validation accuracy ${formatMetric(ours, 'fraction')} here, ${formatMetric(theirs, 'fraction')} there${means}. The difference of ${formatDifference(ours - theirs, 'fraction')} is ${isSame ? 'within' : 'beyond'} two standard errors of accuracies on ${arm.validationImages} images (${(bound * 100).toFixed(2)} points).`,
    ];
  });
};

const formatP = (p: number): string => (p < 0.001 ? p.toExponential(1) : p.toFixed(3));
