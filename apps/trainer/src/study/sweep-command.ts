import {
  type Assignment,
  ConfigError,
  choosesMember,
  configOfFlags,
  configWith,
  listFlags,
  listSettings,
  mergeConfig,
  type PlainObject,
  runConfigSchema,
  type Setting,
  valueOfSwitch,
  valueOfText,
} from '@dropout-lab/contracts';
import { requireOwnSplit } from '@dropout-lab/data';
import { analyzeStudy, parseStudy, planRuns, type SweepAxis, sweep } from '@dropout-lab/study';
import { readStudyRuns } from '@dropout-lab/study/node';
import { assignmentsOf, type FlagValues, flagValuesOf } from '../command/config-options.ts';
import { formatMetric } from '../command/format.ts';
import { type ConfigOptions, readConfigFile, requireOneDataset } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import { table } from '../command/table.ts';
import { type PreparationOptions, withImages } from '../data/own-images.ts';
import { requireOutside } from '../data/require-outside.ts';
import { severalOf } from './several-values.ts';
import { requireRunnableArms, runStudy } from './study-command.ts';
import type { StudyRunOptions } from './study-options.ts';

export interface SweepOptions extends StudyRunOptions, PreparationOptions {
  readonly name?: string;
  /** Those of {@link ConfigOptions} too, each with one value or several. */
  readonly [option: string]: unknown;
}

/** `dropout-lab sweep`: runs a study with an arm for each combination of values. @returns The exit code. */
export const sweepCommand = async (
  options: SweepOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { name, seeds } = options;
  const { axes, fixed } = axesOf(options as ConfigOptions);
  const inputOf = async (own: PlainObject = {}) => {
    const file = await readConfigFile(options as ConfigOptions);
    requireOneDataset(options as ConfigOptions, file, own);
    const config = configOfFlags(runConfigSchema, fixed.flags, mergeConfig(own, file), fixed.assignments);
    requireApplicable(axes, config);
    const swept = sweep(axes, config);
    const input = { ...swept, name: name ?? swept.name, seeds: [...(seeds ?? [0])] };
    for (const { config: arm } of parseStudy(input, 'sweep').arms) requireOwnSplit(arm, own);
    return input;
  };
  if (axes.length === 0) {
    throw new ConfigError(
      'sweep: expected a setting with several values, such as --dropout 0:0.8:0.1 or --learning-rate 0.001,0.01, received none',
    );
  }
  await requireOutside({ option: '--store', place: options.store }, options.images);
  const input = await withImages(
    options,
    inputOf,
    async (given) => {
      const study = parseStudy(given, 'sweep');
      await requireRunnableArms(study, study.name);
      const { requireImages } = await import('../data/data.ts');
      await requireImages(
        study.arms.map(({ config }) => config),
        options,
      );
    },
    reporter,
    signal,
  );
  const study = parseStudy(input, 'sweep');
  const here = { ...options, images: undefined, test: undefined };
  const exitCode = await runStudy({ study, input }, study.name, here, command, reporter, signal);
  const runs = await readStudyRuns(options.store, planRuns(study));
  for (const line of rankingOf(analyzeStudy(study, runs))) reporter.line(line);
  return exitCode;
};

/** Splits options into axes, which have several values, and settings that are the same for all arms. A list is one value of its setting. */
const axesOf = (
  options: ConfigOptions,
): { axes: SweepAxis[]; fixed: { flags: FlagValues; assignments: Assignment[] } } => {
  const flags: Record<string, string | boolean | undefined> = {};
  const axes: SweepAxis[] = [];
  const given = flagValuesOf(options);
  for (const { name, settings } of listFlags(runConfigSchema)) {
    const text = given[name];
    const isList = settings[0]!.kind === 'list';
    const texts = typeof text !== 'string' || isList ? [] : severalOf(text, `--${name}`);
    if (texts.length > 1)
      axes.push({
        setting: name,
        values: texts.map((one) => valueOfSeveral(one, settings[0]!, `--${name}`)),
      });
    else flags[name] = text;
  }
  const assignments = assignmentsOf(options.set).filter(({ path, text }) => {
    const values = valuesOf(path, text);
    if (values.length > 1) axes.push({ setting: path, values });
    return values.length <= 1;
  });
  return { axes, fixed: { flags, assignments } };
};

/** @throws ConfigError when a flag does not apply to what is configured, or seeds are given as a setting. */
const requireApplicable = (axes: readonly SweepAxis[], config: PlainObject): void => {
  if ('seed' in config || axes.some(({ setting }) => setting === 'seed')) {
    throw new ConfigError(
      '--seed: expected --seeds in a sweep, since every arm is trained with each of them',
    );
  }
  if (axes.some(({ setting }) => setting === 'optimizer' || choosesMember(runConfigSchema, setting))) return;
  const flags = listFlags(runConfigSchema).map(({ name }) => name);
  for (const { setting, values } of axes.filter((axis) => flags.includes(axis.setting))) {
    configOfFlags(runConfigSchema, { [setting]: `${values[0] ?? 'none'}` }, config);
  }
};

/** Of a setting that is itself a list or an object, several values are a list of such in JSON. */
const valuesOf = (path: string, text: string): unknown[] => {
  const isSingle = singles.has(path.replaceAll(/\.\d+(?=\.|$)/g, '[]'));
  if (isSingle) {
    const setting = listSettings(runConfigSchema).find((one) => one.path === path);
    const option = `--set ${path}`;
    const values = severalOf(text, option).map((one) => valueOfSeveral(one, setting, option));
    if (values.length > 1) requireSinglePath(path);
    return values;
  }
  const value = valueOfText(text, `--set ${path}`);
  const isSeveral = Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'object');
  if (typeof value === 'string' && severalOf(text, `--set ${path}`).length > 1) {
    requireSinglePath(path);
    // Refused with the nearest path where there is none such.
    configWith(runConfigSchema, {}, path, value, '--set');
  }
  return isSeveral && path !== 'callbacks' && path !== 'model.layers' ? value : [value];
};

/** The paths of settings whose value is neither a list nor an object. */
const singles = new Set(
  listSettings(runConfigSchema)
    .filter(({ kind }) => kind !== 'list' && kind !== 'object')
    .map(({ path }) => path),
);

/** @throws ConfigError when a path is that of a whole family, or the name of a flag. */
const requireSinglePath = (path: string): void => {
  const flag = listFlags(runConfigSchema).find(({ name }) => name === path);
  const own = flag?.settings[0]?.path;
  if (own === undefined || own === path) return;
  throw new ConfigError(
    `--set ${path}: expected the path of a single setting, received "${path}": did you mean "${own}"?`,
  );
};

/** `none` is null, unless it is one of the setting's choices. */
const valueOfSeveral = (text: string, setting: Setting | undefined, option: string): unknown => {
  if (text === 'none' && !setting?.choices.includes('none')) return null;
  return valueOfSwitch(text, setting) ?? valueOfText(text, option);
};

/** Arms with finished runs, the highest validation accuracy first: the test images are for the one that is chosen. */
const rankingOf = ({ arms }: ReturnType<typeof analyzeStudy>): string[] => {
  const ranked = arms
    .filter(({ runs }) => runs.length > 0)
    .sort((a, b) => b.metrics.val_accuracy.mean - a.metrics.val_accuracy.mean);
  const rows = ranked.map(({ title, runs, metrics }) => [
    title,
    `${runs.length}`,
    formatMetric(metrics.val_accuracy.mean),
    formatMetric(metrics.val_loss.mean),
  ]);
  return rows.length === 0 ? [] : table(['arm', 'runs', 'val_accuracy', 'val_loss'], rows);
};
