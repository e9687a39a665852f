import type { RunConfig } from '@dropout-lab/contracts';
import { configDifferences } from '@dropout-lab/study';
import type { RunDigest } from '../catalogue.ts';

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

/** So many hues can be told apart. */
const HUES = 8;

/** Settings that the label of a single arm, which differs from nothing, consists of. */
const telling = ['model.dropout.rate', 'model.maxNorm', 'optimizer.name'];

/** What a label tells first, when it cannot tell all. */
const foremost = [...telling, 'optimizer', 'model.dropout', 'schedule', 'limitTrain', 'epochs', 'batchSize'];

const rankOf = (path: string): number => {
  const rank = foremost.findIndex((start) => path.startsWith(start));
  return rank === -1 ? foremost.length : rank;
};

/** What a label has room for. */
const MOST_SETTINGS = 3;

/** Part of a configuration that runs of one arm share. */
const withoutSeed = ({ seed: _, ...rest }: RunConfig): Omit<RunConfig, 'seed'> => rest;

/**
 * The arm of each run, by the run's name. An arm keeps its hue whichever of the runs are looked at: hues are given
 * in the order in which arms were first run.
 */
export const armsOf = (runs: readonly RunDigest[]): ReadonlyMap<string, Arm> => {
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
  const differences = configDifferences(list)
    .filter(({ path, values }) => !followsFromName(path, values, list))
    .sort((a, b) => rankOf(a.path) - rankOf(b.path));
  const arms = [...configs].map(([key, config], index): [string, Arm] => {
    const settings =
      differences.length > 0
        ? differences.map(({ path, values }) => settingInWords(path, values[index]))
        : telling.map((path) => settingInWords(path, valueAt(config, path)));
    const more = settings.length - MOST_SETTINGS;
    const label = settings.slice(0, MOST_SETTINGS).join(' · ') + (more > 0 ? ` · ${more} more` : '');
    return [key, { key, label, color: index % HUES, settings }];
  });
  const byKey = new Map(arms);
  return new Map([...keyOf].map(([name, key]) => [name, byKey.get(key)!]));
};

/** Adam has no momentum and SGD no beta: that they differ in it is said by their names. */
const followsFromName = (path: string, values: readonly unknown[], configs: readonly unknown[]): boolean => {
  const parent = path.slice(0, path.lastIndexOf('.'));
  if (!(parent === 'optimizer' || parent === 'schedule') || path.endsWith('.name')) return false;
  const names = configs.map((config) => valueAt(config, `${parent}.name`));
  // Of those of one name, all have the same value.
  return values.every((value, i) => value === values[names.indexOf(names[i])]);
};

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null)?.[key], value);

/** `dropout 0.5`, `no max-norm`, `sgd`. */
export const settingInWords = (path: string, value: unknown): string => {
  const words = phrases[path]?.(value);
  if (words !== undefined) return words;
  const name = path
    .split('.')
    .at(-1)!
    .replaceAll(/([A-Z])/g, (capital) => ` ${capital.toLowerCase()}`);
  return `${name} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none')}`;
};

const phrases: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  'model.dropout.rate': (value) => (value === 0 ? 'no dropout' : `dropout ${value}`),
  'model.dropout.inputRate': (value) => (value === 0 ? 'no input dropout' : `input dropout ${value}`),
  'model.maxNorm': (value) =>
    value === null
      ? 'no max-norm'
      : `max-norm ${(value as { value?: unknown } | undefined)?.value ?? ''}`.trim(),
  'model.maxNorm.value': (value) => `max-norm ${value}`,
  'model.filters': (value) => `filters ${(value as unknown[])?.join(', ')}`,
  'model.units': (value) => `units ${(value as unknown[])?.join(', ')}`,
  'optimizer.name': (value) => String(value),
  'optimizer.learningRate': (value) => `learning rate ${value}`,
  epochs: (value) => `${value} epochs`,
  batchSize: (value) => `batch ${value}`,
  limitTrain: (value) => (value === null ? 'all images' : `${value} images`),
  limitTest: (value) => (value === null ? 'all test images' : `${value} test images`),
  callbacks: (value) => {
    const names = (value as { name: string }[] | undefined)?.map(({ name }) => name.replaceAll('_', ' '));
    return names?.length ? names.join(', ') : 'no callbacks';
  },
  'schedule.name': (value) => `${String(value).replaceAll('_', ' ')} rate`,
};
