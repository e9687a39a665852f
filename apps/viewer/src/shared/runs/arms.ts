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
import { armHues } from '@dropout-lab/study';
import { settingInWords } from '../settings/setting-words.ts';
import type { RunFacts } from './catalogue.ts';

/** Runs of one configuration, apart from the seed. */
export interface Arm {
  /** Equal for runs of the same arm. */
  readonly key: string;
  /** The settings in which it differs from the other arms, for a person. */
  readonly label: string;
  /** Its place in the palette. */
  readonly color: number;
  /** The settings that differ, one by one. */
  readonly settings: readonly string[];
}

/** The settings in the label of a single arm, which has no differences, as far as its model has them. */
const characteristic = ['model.dropout.rate', 'model.maxNorm', 'model.layers', 'optimizer.name'];

/** The settings that a label begins with, when there is no room for all. */
const foremost = [
  ...characteristic,
  'model.preset',
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

/** Returns the part of a configuration that the runs of one arm share. */
const withoutSeed = ({ seed: _, ...rest }: RunConfig): Omit<RunConfig, 'seed'> => rest;

/**
 * Returns the arm of each run, by the run's name. Arms are labelled with as few settings as distinguish them all. An arm
 * keeps its hue whichever of the runs are shown.
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
  const hues = armHues(
    list.map(({ model }) => model),
    HUES,
  );
  const labels = labelsOf(differences, list.length);
  const arms = [...configs].map(([key, config], index): [string, Arm] => {
    const settings =
      differences.length > 0
        ? differences.map(({ path, values }) => settingInWords(path, values[index]))
        : characteristicsOf(config);
    const label = differences.length > 0 ? labels[index]! : settings.join(' · ');
    return [key, { key, label, color: hues[index]!, settings }];
  });
  const byKey = new Map(arms);
  return new Map([...keyOf].map(([name, key]) => [name, byKey.get(key)!]));
};

/** In which the colours of arms agree with their labels, and what this is all about: a label has it wherever it differs. */
const ABOVE_ALL = 'model.dropout.rate';

/** The most settings that every label has; of more, a label has those that are unusual in its arm. */
const MOST_SETTINGS = 3;

/** Returns a label for each arm from the settings in which they differ, in the order in which labels have them. */
const labelsOf = (differences: readonly ConfigDifference[], arms: number): readonly string[] => {
  const texts = textsOf(differences, arms);
  const named = distinguishing(differences, texts, arms);
  const usual = new Map(named.map((one) => [one, usualOf(one.values)]));
  const isSaid = (one: ConfigDifference, arm: number): boolean =>
    named.length <= MOST_SETTINGS || one.path === ABOVE_ALL || texts.get(one)![arm] !== usual.get(one);
  return Array.from({ length: arms }, (_, arm) => {
    const said = named.filter((one) => isSaid(one, arm));
    const shown = said.length > 0 ? said : named;
    return shown.map(({ path, values }) => settingInWords(path, values[arm])).join(' · ');
  });
};

/** The values of a difference as texts, arm by arm. */
type Texts = ReadonlyMap<ConfigDifference, readonly string[]>;

/** Returns the texts of all values; a setting that a model lacks counts as what is usual, as long as other settings distinguish the arms. */
const textsOf = (differences: readonly ConfigDifference[], arms: number): Texts => {
  const texts = (lacking: (values: readonly unknown[]) => string): Texts =>
    new Map(
      differences.map((one) => {
        const lacked = lacking(one.values);
        return [one, one.values.map((value) => (value === undefined ? lacked : canonicalJson(value)))];
      }),
    );
  const asUsual = texts(usualOf);
  const apart = texts(() => '');
  return kindsOf(differences, asUsual, arms) === kindsOf(differences, apart, arms) ? asUsual : apart;
};

/** Returns the text of the value that most arms have; of several, the first. */
const usualOf = (values: readonly unknown[]): string => {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value === undefined) continue;
    const text = canonicalJson(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
};

/** Returns how many arms some differences distinguish. */
const kindsOf = (some: readonly ConfigDifference[], texts: Texts, arms: number): number =>
  new Set(Array.from({ length: arms }, (_, arm) => some.map((one) => texts.get(one)![arm]).join('\n'))).size;

/** Sets of settings are tried in order of their size as long as no more values than these are compared; of more, one is found step by step. */
const MOST_COMPARED = 100_000;

/**
 * Returns the fewest differences that distinguish all arms, and of as few those that come first.
 *
 * @param differences Those that a label begins with first; together they distinguish all arms.
 */
const distinguishing = (
  differences: readonly ConfigDifference[],
  texts: Texts,
  arms: number,
): readonly ConfigDifference[] => {
  const above = differences.filter(({ path }) => path === ABOVE_ALL);
  const others = differences.filter(({ path }) => path !== ABOVE_ALL);
  const kinds = (some: readonly ConfigDifference[]): number => kindsOf(some, texts, arms);
  const enough = kinds(differences);
  let compared = 0;
  for (let size = 0; size <= others.length; size++) {
    for (const some of subsetsOf(others, size)) {
      if (kinds([...above, ...some]) === enough) return [...above, ...some];
      compared += arms * (above.length + some.length);
      if (compared >= MOST_COMPARED) return stepByStep(above, others, kinds, enough);
    }
  }
  return differences;
};

/** Every subset of so many items, those of the first items first. */
function* subsetsOf<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) return yield [];
  for (let i = from; i <= items.length - size; i++) {
    for (const rest of subsetsOf(items, size - 1, i + 1)) yield [items[i]!, ...rest];
  }
}

/** Adds the difference that distinguishes the most arms until all are distinguished, then leaves out what is not needed. */
const stepByStep = (
  above: readonly ConfigDifference[],
  others: readonly ConfigDifference[],
  kindsOf: (some: readonly ConfigDifference[]) => number,
  enough: number,
): ConfigDifference[] => {
  let some = [...above];
  while (kindsOf(some) < enough) {
    const gains = others.map((one) => (some.includes(one) ? -1 : kindsOf([...some, one])));
    some.push(others[gains.indexOf(Math.max(...gains))]!);
  }
  for (const one of [...some].reverse()) {
    const fewer = some.filter((other) => other !== one);
    if (!above.includes(one) && kindsOf(fewer) === enough) some = fewer;
  }
  return [...above, ...others].filter((one) => some.includes(one));
};

const characteristicsOf = (config: unknown): string[] =>
  characteristic.flatMap((path) => {
    const value = valueAt(config, path);
    return value === undefined ? [] : [settingInWords(path, value)];
  });

/** Returns the settings that differ; for lists of equal length, place by place: `model.layers[2].rate`. */
export const settingDifferences = (configs: readonly unknown[]): ConfigDifference[] => {
  const all = configDifferences(configs).flatMap(inPlaces);
  const others = all.filter(({ path }) => !path.startsWith('dataset.'));
  if (others.length === all.length) return all;
  // Images of one's own are described by many settings, and are one thing.
  return [...others, { path: 'dataset', values: configs.map((config) => valueAt(config, 'dataset')) }];
};

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
