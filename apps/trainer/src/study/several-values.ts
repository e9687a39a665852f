import { ConfigError } from '@dropout-lab/contracts';

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
