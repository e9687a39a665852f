import { isPlain } from './plain.ts';

/** A setting in which configurations differ. */
export interface ConfigDifference {
  /** Keys that lead to it, joined by dots: `model.dropout.rate`. */
  readonly path: string;
  /** Its value in each configuration, in their order; undefined where it has none, such as a momentum of Adam. */
  readonly values: readonly unknown[];
}

/**
 * The settings that are not the same in all configurations, as deep as they can be distinguished: of `maxNorm`
 * that is null in one, the whole; of two that are objects, the keys that differ. Lists are compared as a whole.
 *
 * @param configs Plain data: parsed run configurations, or parts of them.
 */
export const configDifferences = (configs: readonly unknown[]): ConfigDifference[] =>
  differencesAt('', configs);

const differencesAt = (path: string, values: readonly unknown[]): ConfigDifference[] => {
  if (values.every((value) => isSame(value, values[0]))) return [];
  if (!values.every(isPlain)) return [{ path, values }];
  const keys = new Set(values.flatMap((value) => Object.keys(value)));
  return [...keys].flatMap((key) =>
    differencesAt(
      path === '' ? key : `${path}.${key}`,
      values.map((value) => value[key]),
    ),
  );
};

/** Equal as plain data; the order of keys says nothing. */
const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => isSame(value, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
};
