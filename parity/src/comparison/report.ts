import { markdownTable } from 'markdown-table';
import { isKeptSingly, isKeptTogether, type RunComparison } from './compare.ts';
import { type Difference, largest } from './difference.ts';
import { describeSize, type ExperimentResult } from './experiment.ts';

type Row = readonly string[];

/** Formats Markdown: two tables for every scenario, of single steps and of steps that continue each other. */
export const formatResults = (results: readonly ExperimentResult[]): string =>
  results
    .flatMap((result) => [singleStepSection(result), togetherSection(result), ...missingBackends(result)])
    .join('\n\n');

/**
 * Formats Markdown: a table with a row for each runner, of the largest differences in any scenario. Rows of one backend and
 * size come together, Keras's own first.
 */
export const formatSummary = (results: readonly ExperimentResult[]): string => {
  const header = [
    'against Keras',
    'steps',
    'loss, a step',
    'gradient norms, a step',
    'weights, a step',
    'loss, steps together',
    'scenarios within limits',
  ];
  const rows = results.flatMap(({ size, runs }) =>
    [...new Set(runs.map(({ runner }) => runner.title))].map((title) => {
      const own = runs.filter(({ runner }) => runner.title === title);
      const promised = own.map(({ together }) => [...together.losses.values()][0]!);
      return [
        title,
        `${size.singleSteps} of ${size.batchSize}`,
        ...[
          own.map(({ single }) => single.loss),
          own.map(({ single }) => single.gradientNorms),
          own.map(({ single }) => single.weights),
          promised,
        ].map((differences) => formatDifference(largest(differences))),
        `${own.filter((run) => isKeptSingly(run) && isKeptTogether(run)).length} of ${own.length}`,
      ];
    }),
  );
  return formatTable(header, rows);
};

/**
 * Lists our runs that differ from Keras by more than promised, except in scenarios where Keras with other kernels does so
 * too, since float32 then allows no such promise.
 */
export const brokenPromises = (results: readonly ExperimentResult[]): string[] =>
  results.flatMap(({ runs }) => [
    ...broken(runs, isKeptSingly).map((run) => `one step at a time, ${describe(run)}`),
    ...broken(runs, isKeptTogether).map((run) => `steps together, ${describe(run)}`),
  ]);

const broken = (runs: readonly RunComparison[], isKept: (run: RunComparison) => boolean): RunComparison[] => {
  const unsettled = new Set(
    runs.filter((run) => !run.runner.isOurs && !isKept(run)).map(({ scenario }) => scenario),
  );
  return runs.filter((run) => run.runner.isOurs && !isKept(run) && !unsettled.has(run.scenario));
};

const describe = ({ runner, scenario }: RunComparison): string => `${runner.title}, ${scenario.summary}`;

const singleStepSection = ({ scenarios, size, runs }: ExperimentResult): string => {
  const header = ['against Keras', 'loss', 'gradient norms', 'weights', 'within limits'];
  const tables = tablesByScenario(scenarios, runs, header, (run) => [
    ...[run.single.loss, run.single.gradientNorms, run.single.weights].map(formatDifference),
    yesOrNo(isKeptSingly(run)),
  ]);
  return `### One step at a time: the first ${size.singleSteps} of ${size.batchSize} images\n\n${tables}`;
};

const togetherSection = ({ scenarios, size, runs }: ExperimentResult): string => {
  const [{ together }] = runs as readonly [RunComparison];
  const header = [
    'against Keras',
    ...[...together.losses.keys()].map((steps) => `loss, steps 1-${steps}`),
    ...[...together.gradientNorms.keys()].map((steps) => `gradient norms, 1-${steps}`),
    ...[...together.weights.keys()].map((steps) => `weights after ${steps}`),
    'within limits',
  ];
  const tables = tablesByScenario(scenarios, runs, header, (run) => {
    const { losses, gradientNorms, weights } = run.together;
    const cells = [losses, gradientNorms, weights].flatMap((differences) =>
      [...differences.values()].map(formatDifference),
    );
    return [...cells, yesOrNo(isKeptTogether(run))];
  });
  return `### Steps together: ${describeSize(size)}\n\n${tables}`;
};

const missingBackends = ({ missing }: ExperimentResult): string[] =>
  missing.map((reason) => `Not run: ${reason}.`);

const tablesByScenario = (
  scenarios: ExperimentResult['scenarios'],
  runs: readonly RunComparison[],
  header: Row,
  cells: (run: RunComparison) => Row,
): string =>
  scenarios
    .map((scenario) => {
      const rows = runs
        .filter((run) => run.scenario === scenario)
        .map((run) => [run.runner.title, ...cells(run)]);
      return `**${scenario.summary}**\n\n${formatTable(header, rows)}`;
    })
    .join('\n\n');

const formatTable = (header: Row, rows: readonly Row[]): string =>
  markdownTable([header, ...rows], {
    align: header.map((_, column) => (column === 0 ? null : 'right')),
    alignDelimiters: false,
  });

/** Formats a difference as `absolute (relative)`. */
const formatDifference = ({ absolute, relative }: Difference): string =>
  `${absolute.toExponential(1)} (${relative.toExponential(1)})`;

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');
