import { HUES } from '@dropout-lab/charts/palette';
import {
  type ConfigDifference,
  canonicalJson,
  configDifferences,
  isPlain,
  memberOf,
  type RunConfig,
  valueAt,
} from '@dropout-lab/contracts';
import { settingInWords } from '../settings/setting-words.ts';
import type { RunFacts } from './catalogue.ts';

/** Runs of one configuration, apart from the seed. */
export interface Arm {
  /** Equal for runs of the same arm. */
  readonly key: string;
  /** The settings in which it differs from the other arms, for a person. */
  readonly label: string;
  /** Index of its hue. */
  readonly color: number;
  /** The settings that differ, one by one. */
  readonly settings: readonly string[];
}

/** The settings in the label of a single arm, which has no differences, as far as its model has them. */
const characteristic = ['model.dropout.rate', 'model.maxNorm', 'model.layers', 'optimizer.name'];

/** The settings that a label begins with, when there is no room for all. */
const foremost = [
  ...characteristic,
  'optimizer',
  'model.dropout',
  'schedule',
  'limitTrain',
  'epochs',
  'batchSize',
];

const rankOf = (path: string): number => {
  const rank = foremost.findIndex((start) => path.startsWith(start));
  return rank === -1 ? foremost.length : rank;
};

/** The most settings that a label has room for. */
const MOST_SETTINGS = 3;

/** Returns the part of a configuration that the runs of one arm share. */
const withoutSeed = ({ seed: _, ...rest }: RunConfig): Omit<RunConfig, 'seed'> => rest;

/**
 * Returns the arm of each run, by the run's name. An arm keeps its hue whichever of the runs are shown: hues are assigned
 * in the order in which arms were first run.
 */
export const armsOf = (runs: readonly RunFacts[]): ReadonlyMap<string, Arm> => {
  const oldestFirst = [...runs].sort((a, b) => (a.manifest.createdAt < b.manifest.createdAt ? -1 : 1));
  const configs = new Map<string, Omit<RunConfig, 'seed'>>();
  const keyOf = new Map<string, string>();
  for (const { name, manifest } of oldestFirst) {
    const config = withoutSeed(manifest.config);
    const key = JSON.stringify(config);
    keyOf.set(name, key);
    configs.set(key, config);
  }
  const list = [...configs.values()];
  const differences = settingDifferences(list)
    .filter(({ path, values }) => !followsFromName(path, values, list))
    .sort((a, b) => rankOf(a.path) - rankOf(b.path));
  const arms = [...configs].map(([key, config], index): [string, Arm] => {
    const settings =
      differences.length > 0
        ? differences.map(({ path, values }) => settingInWords(path, values[index]))
        : characteristicsOf(config);
    const more = settings.length - MOST_SETTINGS;
    const label = settings.slice(0, MOST_SETTINGS).join(' · ') + (more > 0 ? ` · ${more} more` : '');
    return [key, { key, label, color: index % HUES, settings }];
  });
  const byKey = new Map(arms);
  return new Map([...keyOf].map(([name, key]) => [name, byKey.get(key)!]));
};

const characteristicsOf = (config: unknown): string[] =>
  characteristic.flatMap((path) => {
    const value = valueAt(config, path);
    return value === undefined ? [] : [settingInWords(path, value)];
  });

/** Returns the settings that differ; for lists of equal length, place by place: `model.layers[2].rate`. */
export const settingDifferences = (configs: readonly unknown[]): ConfigDifference[] =>
  configDifferences(configs).flatMap(inPlaces);

const inPlaces = (whole: ConfigDifference): ConfigDifference[] => {
  const { path, values } = whole;
  const has = values.map((value) => value !== undefined);
  const lists = values.filter((_, i) => has[i]);
  if (!lists.every(isListOfObjects) || new Set(lists.map(({ length }) => length)).size > 1) return [whole];
  const places = Array.from({ length: lists[0]?.length ?? 0 }, (_, place) =>
    configDifferences(lists.map((list) => list[place])).flatMap((within) => {
      const given = [...within.values];
      return inPlaces({
        path: [`${path}[${place}]`, within.path].filter((part) => part !== '').join('.'),
        values: has.map((isGiven) => (isGiven ? given.shift() : undefined)),
      });
    }),
  ).flat();
  // Where only one model is a list of layers, it differs in the whole list.
  return places.length > 0 ? places : [whole];
};

const isListOfObjects = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every(isPlain);

/** Whether a difference follows from names: Adam has no momentum and SGD no beta. */
const followsFromName = (path: string, values: readonly unknown[], configs: readonly unknown[]): boolean => {
  const family = path.split('.')[0]!;
  const names = configs.map((config) => {
    const value = valueAt(config, family);
    return isPlain(value) ? memberOf(value) : undefined;
  });
  if (new Set(names).size === 1 || /^[^.]+\.(name|kind|preset)$/.test(path)) return false;
  // All of the same name have the same value.
  const texts = values.map((value) => canonicalJson(value ?? null));
  return texts.every((text, i) => text === texts[names.indexOf(names[i])]);
};
