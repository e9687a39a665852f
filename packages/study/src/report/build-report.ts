import {
  confusionChart,
  curveChart,
  filtersChart,
  mistakesChart,
  reliabilityChart,
  sweepChart,
} from '@dropout-lab/charts';
import { mean, standardDeviation } from '@dropout-lab/metrics';
import { gapsInWords } from '@dropout-lab/runs';
import { type ArmAnalysis, type StudyAnalysis, sweptSettingOf } from '../analysis/analysis.ts';
import { type MetricUnit, metricDefinitions } from '../analysis/metrics.ts';
import { referenceVerdicts } from '../analysis/verdicts.ts';
import { counted, formatMetric, formatPercent, listInWords } from '../format.ts';
import { publishedMetricNames } from '../study/study.ts';
import { linesInWords, validationCurves } from './arm-curves.ts';
import { type ArmGallery, MOST_GALLERIES } from './arm-gallery.ts';
import { heading, paragraph, type ReportBlock, type ReportChart } from './blocks.ts';
import { comparisonBlocks, findingsOf, meanOf, whatIsCompared } from './comparison-blocks.ts';

/**
 * The report of a study, from its head to its provenance.
 *
 * @param document What the pictures are made in.
 */
export const buildReport = (
  analysis: StudyAnalysis,
  galleries: readonly ArmGallery[],
  document: Document,
): ReportBlock[] => {
  const { title, description, comparisons, arms } = analysis;
  const isEmpty = arms.every(({ runs }) => runs.length === 0);
  return [
    { kind: 'heading', level: 1, text: title },
    ...(description === undefined ? [] : [paragraph(description)]),
    ...extentOf(analysis),
    ...missingOf(analysis),
    ...gapsOf(analysis),
    ...(isEmpty
      ? []
      : [
          ...findingsOf(analysis),
          ...whatIsCompared(analysis),
          ...comparisons.flatMap((comparison) => comparisonBlocks(comparison, document)),
          ...overviewOf(analysis, document),
          ...metricsOf(analysis),
          ...referenceOf(analysis),
          ...(arms.length > MOST_GALLERIES ? [] : modelsOf(analysis, galleries, document)),
        ]),
    ...settingsOf(analysis),
    ...provenanceOf(analysis),
  ];
};

const extentOf = ({ arms, seeds, missing }: StudyAnalysis): ReportBlock[] => {
  const runs = arms.reduce((sum, arm) => sum + arm.runs.length, 0);
  const epochs = [...new Set(arms.flatMap((arm) => arm.runs.map((run) => run.epochs)))];
  const length = epochs.length === 0 ? '' : `, ${listInWords(epochs.map(String))} epochs each`;
  return [
    paragraph(
      `${counted(arms.length, 'arm')} with ${counted(seeds.length, 'seed')} (${seeds.join(', ')}): ${missing.length === 0 ? `all ${counted(runs, 'run')} are finished` : `${runs} of ${runs + missing.length} runs are finished`}${length}.${seeds.length > 1 ? ' The same seed gives every arm the same split, batch order and initial weights.' : ''}`,
    ),
  ];
};

const states = {
  diverged: 'diverged: its loss became NaN',
  running: 'is still running',
  stopped: 'was stopped',
  missing: 'has not begun',
} as const;

const missingOf = ({ missing }: StudyAnalysis): ReportBlock[] =>
  missing.length === 0
    ? []
    : [
        paragraph('Missing in this report, which shows the rest:'),
        {
          kind: 'list',
          items: missing.map(
            ({ arm, seed, state, epoch, epochs }) =>
              `${arm}, seed ${seed}: ${states[state]}${state === 'missing' ? '' : ` (${epoch} of ${epochs} epochs)`}`,
          ),
        },
      ];

const gapsOf = ({ gaps }: StudyAnalysis): ReportBlock[] =>
  gaps.length === 0
    ? []
    : [
        paragraph(
          'These runs have lost lines of their events. For a run that has lost epochs, curves show the others, and the only metrics are those on the test images:',
        ),
        {
          kind: 'list',
          items: gaps.map((one) => `${one.arm}, seed ${one.seed}: ${gapsInWords(one.gaps)}`),
        },
      ];

const overviewOf = (analysis: StudyAnalysis, document: Document): ReportBlock[] => {
  const { arms, comparisons } = analysis;
  const swept = sweptSettingOf(analysis);
  // Of two arms that are compared, their comparison has shown the curves.
  if (arms.length < 3 && comparisons.length > 0) return [];
  const charts: ReportChart[] = swept
    ? metricDefinitions
        .filter(({ key }) => key === 'val_accuracy' || key === 'val_loss')
        .map(({ key, title, unit, better }) => ({
          name: `sweep-${key.replace('_', '-')}`,
          caption: `At the last epoch, by ${swept.path}. A dot is a run; the best mean is ringed.`,
          svg: sweepChart(
            arms.map(({ runs, hue }, i) => ({
              arm: hue,
              value: swept.values[i]!,
              metrics: runs.map(({ metrics }) => metrics[key]),
            })),
            { document, width: 480, setting: swept.path, title, unit, better },
          ),
        }))
    : [];
  return [
    heading('All arms'),
    {
      kind: 'charts',
      charts: [
        ...charts,
        ...(['accuracy', 'loss'] as const).map((quantity) => ({
          name: `all-${quantity}`,
          caption: `Validation ${quantity} by epoch.${linesInWords(arms)}`,
          svg: curveChart(validationCurves(arms, quantity), {
            ...{ document, width: 480, quantity },
            title: `Validation ${quantity}`,
          }).svg,
        })),
      ],
    },
    ...(swept ? [paragraph('Choose by validation: the test images are for the model that is chosen.')] : []),
  ];
};

const metricsOf = ({ arms, seeds }: StudyAnalysis): ReportBlock[] => [
  heading('Metrics'),
  {
    kind: 'table',
    head: ['metric', ...arms.map(({ title }) => title)],
    rows: metricDefinitions.map((metric) => [metric.title, ...arms.map((arm) => meanOf(arm, metric))]),
  },
  paragraph(
    `${seeds.length > 1 ? 'Mean ± standard deviation over seeds. ' : ''}Losses are crossentropies in nats, the unit of natural logarithms: a loss of 0.69 (ln 2) is that of a model that gives the right class a probability of one half. The generalization gap is training minus validation accuracy, the former with dropout on; the calibration error (ECE) is how far confidence and accuracy lie apart on average, of the most likely class over 15 bins of equal width (Guo et al. 2017).`,
  ),
];

/** More published values than these are said by their mean and standard deviation, as ours are. */
const MOST_LISTED = 3;

const referenceOf = ({ references, arms }: StudyAnalysis): ReportBlock[] => {
  if (references.length === 0) return [];
  const metrics = publishedMetricNames.map((name) => ({
    name,
    definition: metricDefinitions.find(({ key }) => key === name)!,
  }));
  const published = (values: readonly number[], unit: MetricUnit): string => {
    if (values.length > MOST_LISTED)
      return `${formatMetric(mean(values), unit)} ± ${formatMetric(standardDeviation(values), unit)}`;
    // Of losses that were read off a plot no more digits are written than there were.
    return (
      values.map((value) => (unit === 'fraction' ? formatPercent(value) : `${value}`)).join(' / ') || '–'
    );
  };
  return [
    heading('Beside what was published'),
    {
      kind: 'table',
      head: ['arm', 'where', ...metrics.map(({ definition }) => definition.title), 'what it said'],
      rows: arms.flatMap((arm) => {
        const elsewhere = references.filter((reference) => arm.name in reference.arms);
        if (elsewhere.length === 0) return [];
        const here = [arm.title, `here, ${counted(arm.runs.length, 'run')}`];
        return [
          [...here, ...metrics.map(({ definition }) => meanOf(arm, definition)), ''],
          ...elsewhere.map((reference) => {
            const there = reference.arms[arm.name]!;
            const values = metrics.map(({ name, definition }) => published(there[name], definition.unit));
            return ['', reference.source, ...values, there.note ?? ''];
          }),
        ];
      }),
    },
    { kind: 'list', items: references.flatMap((reference) => referenceVerdicts(reference, arms)) },
  ];
};

const modelsOf = (
  { arms }: StudyAnalysis,
  galleries: readonly ArmGallery[],
  document: Document,
): ReportBlock[] => {
  const tested = arms.filter(({ test }) => test !== undefined);
  const chartsFor = (
    name: string,
    captionOf: (arm: ArmAnalysis) => string,
    draw: (arm: ArmAnalysis) => SVGSVGElement,
  ): ReportBlock => ({
    kind: 'charts',
    charts: tested.map((arm) => ({
      name: `${name}-${arm.name}`,
      caption: captionOf(arm),
      svg: draw(arm),
    })),
  });
  return [
    heading('Which classes are taken for which'),
    paragraph('Of the test images of each class, the percentage that the model took for each class.'),
    chartsFor(
      'confusion',
      ({ title }) => title,
      ({ test }) => confusionChart(test!, { document }).svg,
    ),
    heading('How far confidence can be trusted'),
    paragraph(
      'How often a model is right at each level of confidence. Where a bar ends below the line of its mean confidence, the model is surer than it should be.',
    ),
    chartsFor(
      'reliability',
      ({ title, test }) => `${title}: ECE ${formatMetric(test!.expectedCalibrationError, 'fraction')}`,
      ({ test, hue }) => reliabilityChart(test!.reliability, hue, { document }),
    ),
    ...galleriesOf(arms, galleries, document),
  ];
};

const galleriesOf = (
  arms: readonly ArmAnalysis[],
  galleries: readonly ArmGallery[],
  document: Document,
): ReportBlock[] => {
  if (galleries.length === 0) return [];
  const titleOf = ({ arm, seed }: ArmGallery): string =>
    `${arms.find(({ name }) => name === arm)!.title}, seed ${seed}`;
  return [
    heading('Most confidently wrong'),
    paragraph(
      'Test images that a model got wrong with the highest probability: what it said, and what the label is.',
    ),
    {
      kind: 'charts',
      charts: galleries.map((gallery) => ({
        name: `mistakes-${gallery.arm}`,
        caption: titleOf(gallery),
        svg: mistakesChart(gallery.mistakes, { document, width: 460 }),
        isPhotographic: true,
      })),
    },
    heading('The first layer’s filters'),
    paragraph(
      'Each filter of the first convolution as a picture of the input that it answers to most; grey is zero, and each is scaled to its largest weight.',
    ),
    {
      kind: 'charts',
      charts: galleries.flatMap((gallery) =>
        gallery.kernel
          ? {
              name: `filters-${gallery.arm}`,
              caption: titleOf(gallery),
              svg: filtersChart(gallery.kernel, { document, width: 460 }),
            }
          : [],
      ),
    },
  ];
};

const settingsOf = ({ settings, arms }: StudyAnalysis): ReportBlock[] =>
  settings.length === 0
    ? []
    : [
        heading('What the arms differ in'),
        {
          kind: 'table',
          head: ['setting', ...arms.map(({ title }) => title)],
          rows: settings.map(({ path, values }) => [
            path,
            ...values.map((value) => (value === undefined ? '–' : JSON.stringify(value))),
          ]),
        },
      ];

const provenanceOf = ({ provenance }: StudyAnalysis): ReportBlock[] => {
  const { started } = provenance;
  if (started === undefined) return [];
  const rows: [string, readonly string[]][] = [
    ['command', provenance.commands],
    ['commit', provenance.commits],
    ['machine', provenance.machines],
    ['backend', provenance.backends],
    ['versions', [provenance.versions.join(', ')]],
    ['images', provenance.images],
    ['data, SHA-256', provenance.data],
    [
      'runs begun',
      started.first === started.last ? [started.first] : [`${started.first} to ${started.last}`],
    ],
  ];
  return [
    heading('Provenance'),
    { kind: 'table', head: ['what', 'value'], rows: rows.map(([what, values]) => [what, values.join('\n')]) },
  ];
};
