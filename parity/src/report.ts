import { type Comparison, keepsPromise, limits, promisedSteps } from './compare.ts';
import type { Difference } from './difference.ts';
import { describeSize, type ExperimentResult } from './experiment.ts';
import { scenarios } from './scenarios.ts';

/** Markdown: a heading and a table for every experiment, then what is promised and whether it is kept. */
export const formatResults = (results: readonly ExperimentResult[]): string =>
  [
    ...results.map(experimentSection),
    `Promised of the first ${promisedSteps} steps: each loss within ${limits.relativeLoss.toExponential()} relative, ` +
      `the weights within ${limits.absoluteWeight.toExponential()} absolute. ${verdict(results)}`,
  ].join('\n\n');

/** The runs of our backends that are further from Keras than promised. */
export const brokenPromises = (results: readonly ExperimentResult[]): Comparison[] =>
  results.flatMap(({ comparisons, started }) =>
    comparisons.filter(
      (comparison) =>
        started.some(({ description }) => description === comparison.runner) && !keepsPromise(comparison),
    ),
  );

const verdict = (results: readonly ExperimentResult[]): string => {
  const broken = brokenPromises(results);
  if (broken.length === 0) return 'Kept by every backend in every scenario.';
  const list = broken.map(({ scenario, runner }) => `${runner}, ${scenario.summary}`);
  return `Not kept: ${list.join('; ')}.`;
};

const experimentSection = ({ size, comparisons, missing }: ExperimentResult): string =>
  [
    `### ${describeSize(size)}`,
    ...scenarios.map(({ summary, name }) => {
      const rows = comparisons.filter(({ scenario }) => scenario.name === name);
      return `**${summary}**\n\n${comparisonTable(rows)}`;
    }),
    ...missing.map((reason) => `Not run: ${reason}.`),
  ].join('\n\n');

const comparisonTable = (comparisons: readonly Comparison[]): string => {
  const [{ losses, gradientNorms, weights }] = comparisons as [Comparison];
  const header = [
    'against Keras',
    ...[...losses.keys()].map((steps) => `loss, steps 1-${steps}`),
    ...[...gradientNorms.keys()].map((steps) => `gradient norms, 1-${steps}`),
    ...[...weights.keys()].map((steps) => `weights after ${steps}`),
  ];
  const rows = comparisons.map((comparison) => [
    comparison.runner,
    ...[comparison.losses, comparison.gradientNorms, comparison.weights].flatMap((differences) =>
      [...differences.values()].map(formatDifference),
    ),
  ]);
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/** `absolute (relative)` */
const formatDifference = ({ absolute, relative }: Difference): string =>
  `${absolute.toExponential(1)} (${relative.toExponential(1)})`;
