import { InvalidArgumentError, Option } from 'commander';

export const backendOption = (): Option =>
  new Option('--backend <name>', 'auto is tfjs-node where it can be loaded, else wasm')
    .choices(['auto', 'node', 'webgpu', 'wasm', 'cpu'])
    .default('auto');

export const datasetOption = (): Option =>
  new Option('--dataset <name>', 'data set').choices(['cifar10', 'cifar100']);

export const dataDirOption = (): Option =>
  new Option('--data-dir <folder>', 'folder that has the official binary files; nothing is fetched');

export const mirrorOption = (): Option =>
  new Option('--mirror <url...>', 'addresses of the official archive to try before the official one');

export const checkpointOption = (): Option =>
  new Option('--checkpoint <name>', 'which weights').choices(['last', 'best']).default('last');

export const number = (text: string): number => {
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

export const positiveInteger = (text: string): number => {
  const value = number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number above 0.');
  return value;
};

/** `0.1`, a list `0.1,0.2`, or a range with its step, both ends included: `0:0.8:0.1`. */
export const values = (text: string): number[] => {
  const range = text.split(':');
  if (range.length === 1) return text.split(',').map(number);
  const [from, to, step] = range.map(number);
  if (range.length !== 3 || !(step! > 0) || to! < from!) {
    throw new InvalidArgumentError('Expected a range from:to:step with a step above 0, such as 0:0.8:0.1.');
  }
  const count = Math.floor((to! - from!) / step! + 1e-9) + 1;
  // 3 * 0.1 is 0.30000000000000004, which nobody asked for.
  return Array.from({ length: count }, (_, i) => Number((from! + i * step!).toPrecision(12)));
};
