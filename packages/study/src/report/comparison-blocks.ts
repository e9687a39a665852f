import { curveChart } from '@dropout-lab/charts';
import type { ArmAnalysis, ComparisonAnalysis, StudyAnalysis } from '../analysis/analysis.ts';
import { type MetricDefinition, metricDefinitions } from '../analysis/metrics.ts';
import { FEWEST_PAIRS } from '../analysis/paired-difference.ts';
import { verdictParts } from '../analysis/verdict.ts';
import { verdictsOf } from '../analysis/verdicts.ts';
import {
  formatCount,
  formatDifference,
  formatMetric,
  formatP,
  formatPercent,
  formatRange,
} from '../format.ts';
import { curvesOfArms, linesInWords } from './arm-curves.ts';
import { heading, paragraph, type ReportBlock } from './blocks.ts';

/** The report's first words: of each comparison what its models and its seeds say, and once what that leaves open. */
export const findingsOf = ({ comparisons }: StudyAnalysis): ReportBlock[] => {
  if (comparisons.length === 0) return [];
  const verdicts = comparisons.map(({ evidence }) => verdictParts(evidence));
  const caveats = [...new Set(verdicts.flatMap((verdict) => verdict.caveats))];
  return [
    heading('What the runs say'),
    { kind: 'list', items: verdicts.map(({ finding }) => finding) },
    ...(caveats.length === 0 ? [] : [paragraph(caveats.join(' '))]),
  ];
};

/** Says what the sentences before are about, and by which methods they were found. */
export const whatIsCompared = ({ comparisons }: StudyAnalysis): ReportBlock[] => {
  const measured = comparisons.map(({ evidence }) => evidence).filter(({ models }) => models.length > 0);
  if (measured.length === 0) return [];
  const models = measured.flatMap((evidence) => evidence.models);
  const splits = [...new Set(models.map(({ split }) => split))];
  const arePaired = models.every(({ counts }) => counts !== undefined);
  const images = splits
    .map((split) => `${formatCount(models.find((one) => one.split === split)!.images)} ${split} images`)
    .join(' or ');
  const hasSeeds = measured.some(({ overSeeds }) => overSeeds?.statistics !== undefined);
  const isCorrected = measured.some(
    ({ correction }) => Math.max(correction?.of.models ?? 0, correction?.of.overSeeds ?? 0) > 1,
  );
  const ofModels = [
    `Are their trained models different? The models of one seed have classified the same ${images}, on which neither was trained.`,
    ...(splits.includes('test')
      ? ['The test images are taken where answers to the validation images were not kept.']
      : []),
    arePaired
      ? 'Only images that one of two models got right and the other got wrong count: the p-value is that of McNemar’s exact test, the interval of the difference is Newcombe’s for paired proportions (1998).'
      : 'For some runs only accuracies are known, not which images they got right: the interval is then Newcombe’s for different images (1998), which is wider than it needs to be, since models mostly err on the same images.',
  ];
  const overSeeds = [
    'Does the setting make the difference, whatever the seed?',
    hasSeeds
      ? `Differences are taken seed by seed; from ${FEWEST_PAIRS} seeds on their mean has an interval and a p-value, both Student’s. The sign-flip test, from 6 seeds on, takes nothing for granted: its p-value is the share of all ways to exchange the two arms within seeds that bring a mean as far from 0, which with 6 seeds is never below 0.031.`
      : `That takes ${FEWEST_PAIRS} seeds or more. With fewer, the difference is set beside that of two runs of one setting.`,
  ];
  return [
    heading('What is compared'),
    paragraph('Each pair of arms is asked two questions:'),
    { kind: 'list', items: [ofModels.join(' '), overSeeds.join(' ')] },
    ...(isCorrected
      ? [
          paragraph(
            'p-values of several comparisons are corrected by Holm’s procedure (1979), with which the chance of even one false claim among all of them stays below 5%.',
          ),
        ]
      : []),
  ];
};

/** A comparison: its curves, what is to be said besides the first words, and its numbers. */
export const comparisonBlocks = (comparison: ComparisonAnalysis, document: Document): ReportBlock[] => {
  const { title, first, second } = comparison;
  const name = `${first.name}-and-${second.name}`;
  if (first.runs.length + second.runs.length === 0) return [];
  const [, ...verdicts] = verdictsOf(comparison);
  return [
    heading(title),
    {
      kind: 'charts',
      charts: (['accuracy', 'loss'] as const).map((quantity) => ({
        name: `${quantity}-${name}`,
        caption: `${quantity === 'accuracy' ? 'Accuracy' : 'Loss'} by epoch. Training metrics are means over the epoch with dropout on, as Keras reports them; validation is at its end with dropout off.${linesInWords([first, second])}`,
        svg: curveChart(curvesOfArms([first, second], quantity), { document, width: 480, quantity }).svg,
      })),
    },
    ...(verdicts.length === 0 ? [] : [{ kind: 'list', items: verdicts } as const]),
    differencesOf(comparison),
    ...modelsOf(comparison),
  ];
};

const differencesOf = ({ first, second, differences }: ComparisonAnalysis): ReportBlock => {
  const hasStatistics = Object.values(differences).some((difference) => difference?.statistics);
  const hasSignFlip = Object.values(differences).some(
    (difference) => difference?.statistics?.signFlipPValue !== undefined,
  );
  return {
    kind: 'table',
    head: [
      'metric',
      first.title,
      second.title,
      'difference',
      ...(hasStatistics ? ['95% interval', 'p'] : []),
      ...(hasSignFlip ? ['p (sign-flip)'] : []),
    ],
    rows: metricDefinitions.map((metric) => {
      const { key, title, unit } = metric;
      const difference = differences[key];
      const { interval, pValue, signFlipPValue } = difference?.statistics ?? {};
      return [
        title,
        meanOf(first, metric),
        meanOf(second, metric),
        difference === undefined ? '–' : formatDifference(difference.meanDifference, unit),
        ...(hasStatistics
          ? [
              interval === undefined ? '–' : formatRange(interval.lower, interval.upper, unit),
              numberOf(pValue),
            ]
          : []),
        ...(hasSignFlip ? [numberOf(signFlipPValue)] : []),
      ];
    }),
  };
};

/** More would be a wall of numbers; report.json has them. */
const MOST_MODELS = 10;

/** The models of each seed on the same images. */
const modelsOf = ({ first, second, evidence: { models, correction } }: ComparisonAnalysis): ReportBlock[] => {
  if (models.length === 0 || models.length > MOST_MODELS) return [];
  const [{ split, images }] = models as [(typeof models)[0]];
  const arePaired = models.some(({ counts }) => counts !== undefined);
  const count = (value: number | undefined): string => (value === undefined ? '–' : formatCount(value));
  return [
    paragraph(`The models of each seed on the same ${formatCount(images)} ${split} images:`),
    {
      kind: 'table',
      head: [
        ...['seed', first.title, second.title, 'difference', '95% interval'],
        ...(arePaired ? [`only “${first.title}” right`, `only “${second.title}” right`] : []),
        correction && correction.of.models > 1 ? `p, corrected for ${correction.of.models}` : 'p',
      ],
      rows: models.map((one, i) => [
        [...new Set(one.seeds)].join(' and '),
        formatPercent(one.first),
        formatPercent(one.second),
        formatDifference(one.difference, 'fraction'),
        formatRange(one.interval.lower, one.interval.upper, 'fraction'),
        ...(arePaired ? [count(one.counts?.firstOnly), count(one.counts?.secondOnly)] : []),
        numberOf(correction?.models[i] ?? one.pValue),
      ]),
    },
  ];
};

/** `0.031`, `< 0.001`. */
const numberOf = (p: number | undefined): string =>
  p === undefined ? '–' : formatP(p).replace(/^p (?:= )?/, '');

/** Returns `74.5% ± 0.3%`. */
export const meanOf = (arm: ArmAnalysis, { key, unit }: MetricDefinition): string => {
  const { mean, standardDeviation } = arm.metrics[key as keyof ArmAnalysis['metrics']];
  const text = formatMetric(mean, unit);
  return standardDeviation === undefined ? text : `${text} ± ${formatMetric(standardDeviation, unit)}`;
};
