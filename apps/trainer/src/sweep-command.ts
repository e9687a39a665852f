import { ConfigError } from '@dropout-lab/contracts';
import { analyzeStudy, parseStudy, planRuns, type SweepAxis, sweep } from '@dropout-lab/study';
import { readStudyRuns } from '@dropout-lab/study/node';
import { figure } from './format.ts';
import { type ConfigOptions, readConfigInput } from './options.ts';
import type { Reporter } from './reporter.ts';
import { runStudy, type StudyRunOptions } from './study-command.ts';
import { table } from './table.ts';

/** The options of `dropout-lab train` of which several values can be tried. */
interface SweptOptions {
  readonly dropout?: readonly number[];
  readonly dropoutInput?: readonly number[];
  readonly maxNorm?: readonly number[];
  readonly learningRate?: readonly number[];
  readonly batchSize?: readonly number[];
}

export type SweepOptions = Omit<ConfigOptions, keyof SweptOptions> &
  SweptOptions &
  StudyRunOptions & { readonly name?: string };

/** `dropout-lab sweep`: runs a study with an arm for each combination of values. @returns The exit code. */
export const sweepCommand = async (
  options: SweepOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { dropout, dropoutInput, maxNorm, learningRate, batchSize, name, seeds, ...rest } = options;
  const given: readonly (Omit<SweepAxis, 'values'> & { values: readonly number[] | undefined })[] = [
    { setting: 'dropout', values: dropout },
    { setting: 'dropout-input', values: dropoutInput },
    { setting: 'max-norm', values: maxNorm },
    { setting: 'learning-rate', values: learningRate },
    { setting: 'batch-size', values: batchSize },
  ];
  const axes = given.filter((axis): axis is SweepAxis => (axis.values?.length ?? 0) > 1);
  if (axes.length === 0) {
    throw new ConfigError(
      'sweep: expected a setting with several values, such as --dropout 0:0.8:0.1 or --learning-rate 0.001,0.01, received none',
    );
  }
  requireDistinctValues(axes);
  const single = (values: readonly number[] | undefined): number | undefined =>
    values?.length === 1 ? values[0] : undefined;
  const config = await readConfigInput({
    ...rest,
    ...definedOnly({
      dropout: single(dropout),
      dropoutInput: single(dropoutInput),
      maxNorm: single(maxNorm),
      learningRate: single(learningRate),
      batchSize: single(batchSize),
    }),
  });
  const swept = sweep(axes, config);
  const input = { ...swept, name: name ?? swept.name, seeds: [...(seeds ?? [0])] };
  const study = parseStudy(input, 'sweep');
  const exitCode = await runStudy({ study, input }, study.name, options, command, reporter, signal);
  const runs = await readStudyRuns(options.store, planRuns(study));
  for (const line of rankingOf(analyzeStudy(study, runs))) reporter.line(line);
  return exitCode;
};

const requireDistinctValues = (axes: readonly SweepAxis[]): void => {
  for (const { setting, values } of axes) {
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice === undefined) continue;
    throw new ConfigError(`--${setting}: expected each value once, received ${twice} twice`);
  }
};

const definedOnly = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Arms with finished runs, the highest validation accuracy first: the test images are for the one that is chosen. */
const rankingOf = ({ arms }: ReturnType<typeof analyzeStudy>): string[] => {
  const ranked = arms
    .filter(({ runs }) => runs.length > 0)
    .sort((a, b) => b.figures.val_accuracy.mean - a.figures.val_accuracy.mean);
  const rows = ranked.map(({ title, runs, figures }) => [
    title,
    `${runs.length}`,
    figure(figures.val_accuracy.mean),
    figure(figures.val_loss.mean),
  ]);
  return rows.length === 0 ? [] : table(['arm', 'runs', 'val_accuracy', 'val_loss'], rows);
};
