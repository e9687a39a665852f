import {
  ConfigError,
  choosesMember,
  configWith,
  listFlags,
  listSettings,
  mergeConfig,
  type RunConfigInput,
  runConfigSchema,
  valueInWords,
} from '@dropout-lab/contracts';
import { requireBounded, type StudyInput } from './study.ts';

/** A setting and the values to try. */
export interface SweepAxis {
  /** The option of the command that sets it, without dashes, or its path: `dropout`, `optimizer.beta2`. */
  readonly setting: string;
  /** As a configuration has them. */
  readonly values: readonly unknown[];
}

/** A setting that is swept: where it is, and what it is called. */
interface SweptSetting {
  readonly path: string;
  /** Where null goes: the setting itself, or the object that is left out then. */
  readonly none: string;
  /** In names of arms and of the study. */
  readonly name: string;
  /** For a person. */
  readonly title: string;
}

type Point = readonly (readonly [SweptSetting, unknown])[];

/**
 * A study with an arm for each combination of values, such as `dropout-0.5` or `dropout-0.5.learning-rate-0.01`.
 *
 * @param axes At least one, each setting once.
 * @param config The rest of the configuration.
 * @throws ConfigError on a value given twice, and naming the nearest setting when there is none of a name.
 */
export const sweep = (axes: readonly SweepAxis[], config: RunConfigInput): StudyInput => {
  requireDistinctValues(axes);
  const swept = axes.map(({ setting, values }) => ({ setting: settingOf(setting), values }));
  requireBounded(combinationsOf(axes), 1, 'sweep');
  const points = swept.reduce<readonly Point[]>(
    (combinations, { setting, values }) =>
      combinations.flatMap((point) => values.map((value) => [...point, [setting, value] as const])),
    [[]],
  );
  const names = points.map((point) => point.map(([{ name }, value]) => `${name}-${inName(value)}`).join('.'));
  requireDistinctNames(names);
  // The first arm is the base, so that the others are changes of it whatever the defaults are.
  return {
    name: `sweep-${swept.map(({ setting }) => setting.name).join('-')}`,
    title: `Sweep of ${swept.map(({ setting }) => setting.title).join(' and ')}`,
    config: mergeConfig(config, configAt(points[0]!, config)),
    arms: Object.fromEntries(
      points.map((point, i) => [
        names[i]!,
        {
          title: point.map(([{ title }, value]) => `${title} ${valueInWords(value)}`).join(', '),
          ...(i === 0 ? {} : { changes: configAt(point, config) }),
        },
      ]),
    ),
  };
};

/** Returns the number of combinations. */
const combinationsOf = (axes: readonly SweepAxis[]): number =>
  axes.reduce((product, { values }) => product * values.length, 1);

/** Sorts the setting that chooses a member of a family before the settings of one. */
const configAt = (point: Point, base: RunConfigInput): RunConfigInput => {
  const isChoice = ([{ path }]: Point[number]): boolean => choosesMember(runConfigSchema, path);
  return [...point.filter(isChoice), ...point.filter((one) => !isChoice(one))].reduce<RunConfigInput>(
    (changes, [{ path, none }, value]) => {
      const place = value === null ? none : path;
      const config = mergeConfig(base, changes);
      return mergeConfig(changes, configWith(runConfigSchema, config, place, value, 'sweep'));
    },
    {},
  );
};

const settingOf = (setting: string): SweptSetting => {
  const flag = listFlags(runConfigSchema).find(({ name }) => name === setting);
  const found = flag?.settings[0] ?? listSettings(runConfigSchema).find(({ path }) => path === setting);
  if (found === undefined) {
    // Refused with the nearest one, unless it is a place in a list.
    configWith(runConfigSchema, {}, setting, null, '--set');
    return { path: setting, none: setting, name: inName(setting), title: setting };
  }
  const name = flag?.name ?? kebab(ownKey(found.path));
  return {
    path: found.path,
    none: found.none ?? found.path,
    name,
    title: found.label ?? name.replaceAll('-', ' '),
  };
};

/** The last key of a path, of a choice its family's: `schedule.name` is the schedule. */
const ownKey = (path: string): string => {
  const keys = path.split('.');
  return keys.at(choosesMember(runConfigSchema, path) && keys.length > 1 ? -2 : -1)!;
};

const kebab = (word: string): string => word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As much of a value as the name of an arm may have. */
const inName = (value: unknown): string =>
  valueInWords(value)
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');

const requireDistinctNames = (names: readonly string[]): void => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new ConfigError(
    `sweep: expected values that make arms of different names, received two of "${twice}"`,
  );
};

const requireDistinctValues = (axes: readonly SweepAxis[]): void => {
  for (const { setting, values } of axes) {
    const texts = values.map((value) => JSON.stringify(value));
    const twice = texts.find((value, i) => texts.indexOf(value) !== i);
    if (twice === undefined) continue;
    throw new ConfigError(`sweep: ${setting}: expected each value once, received ${twice} twice`);
  }
};
