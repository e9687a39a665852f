import { ConfigError, datasets } from '@dropout-lab/contracts';
import { InvalidArgumentError, Option } from 'commander';

export const backendOption = (): Option =>
  new Option(
    '--backend <name>',
    'auto is WebGPU where its packages are installed and find a graphics processor, else tfjs-node where it can be loaded, else wasm',
  )
    .choices(['auto', 'node', 'webgpu', 'wasm', 'cpu'])
    .default('auto');

export const datasetOption = (): Option =>
  new Option('--dataset <name>', 'data set').choices(Object.keys(datasets));

export const dataDirOption = (): Option =>
  new Option('--data-dir <folder>', 'folder with the official binary files; nothing is fetched');

export const mirrorOption = (): Option =>
  new Option('--mirror <url...>', 'addresses of the official archive to try before the official one');

export const checkpointOption = (): Option =>
  new Option('--checkpoint <name>', 'which weights').choices(['last', 'best']).default('last');

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
};

/** A port to listen on; 0 is any. */
export const port = (text: string): number => {
  const value = number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
  return value;
};

/** Returns a reader of whole numbers from 1 to a bound. */
export const wholeUpTo =
  (most: number) =>
  (text: string): number => {
    const value = number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };

/** More threads or processes than any machine has cores for. */
const MOST_AT_ONCE = 1024;

export const workersOption = (): Option =>
  new Option('--workers <n>', 'threads that share each batch (default: one per core on wasm)').argParser(
    wholeUpTo(MOST_AT_ONCE),
  );

export const jobsOption = (): Option =>
  new Option('--jobs <n>', 'runs at once').argParser(wholeUpTo(MOST_AT_ONCE)).default(1);

/**
 * Several values of a setting, as texts: a list `0.1,0.2`, a list in JSON, or a range with its step, both ends included:
 * `0:0.8:0.1`. One value is a list of one.
 *
 * @param option The option's name, for the error.
 * @throws ConfigError for a range without values.
 */
export const severalOf = (text: string, option: string): string[] => {
  const list = jsonListOf(text);
  if (list) return list.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const range = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (range.length === 1 || range.every(Number.isNaN)) return text.split(',').map((part) => part.trim());
  const [from, to, step] = range;
  if (range.length !== 3 || !(step! > 0) || !(to! >= from!)) {
    throw new ConfigError(
      `${option}: expected a range from:to:step with a step above 0, such as 0:0.8:0.1, received ${text}`,
    );
  }
  const count = Math.floor((to! - from!) / step! + 1e-9) + 1;
  if (count > MOST_VALUES) {
    throw new ConfigError(
      `${option}: expected at most ${MOST_VALUES} values, received ${count}: use a larger step`,
    );
  }
  // 3 * 0.1 is 0.30000000000000004, which nobody asked for.
  return Array.from({ length: count }, (_, i) => `${Number((from! + i * step!).toPrecision(12))}`);
};

/** Each is an arm of its own, to be trained. */
const MOST_VALUES = 1000;

const jsonListOf = (text: string): unknown[] | undefined => {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
