import { closestMatch } from 'leven';
import type { z } from 'zod';
import { ConfigError } from './errors.ts';
import { isPlain, type PlainObject } from './plain.ts';
import { elementOf, listSettings, membersOf, shapeOf, unwrap } from './settings.ts';

/**
 * A part of a configuration in which one setting has a value: `optimizer.beta2` and 0.99 give
 * `{ optimizer: { beta2: 0.99 } }`. A place in a list is its index: `callbacks.0.patience`.
 *
 * @param base The configuration that it is to be merged with: what a list holds already stays in it.
 * @param option How the user gave it, for the error: `--set`.
 * @throws ConfigError naming the nearest known path when the schema has no such setting.
 */
export const configWith = (
  schema: z.ZodType,
  base: PlainObject,
  path: string,
  value: unknown,
  option: string,
): PlainObject => {
  const keys = path.split('.');
  if (!isKnown(schema, keys)) throw unknownPath(schema, path, option);
  return placed(base, keys, value) as PlainObject;
};

/** JSON where the text is JSON, else the text itself. */
export const valueOfText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const isKnown = (schema: z.ZodType, [key, ...rest]: readonly string[]): boolean => {
  if (key === undefined) return true;
  const { inner } = unwrap(schema);
  const family = membersOf(inner);
  if (family) return [...family.members.values()].some((member) => isKnown(member, [key, ...rest]));
  const shape = shapeOf(inner);
  if (shape) return Object.hasOwn(shape, key) && isKnown(shape[key]!, rest);
  const element = elementOf(inner);
  return element !== undefined && /^\d+$/.test(key) && isKnown(element, rest);
};

/** Lists are replaced as a whole where configurations are merged, so the one that is changed is given whole. */
const placed = (before: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(before)) {
    const index = Number(key);
    const list = [...before];
    const changed = placed(list[index], rest, value);
    list[index] = isPlain(list[index]) && isPlain(changed) ? { ...list[index], ...changed } : changed;
    return list;
  }
  return { [key]: placed(isPlain(before) ? before[key] : undefined, rest, value) };
};

const unknownPath = (schema: z.ZodType, path: string, option: string): ConfigError => {
  const known = [...new Set(listSettings(schema).map((setting) => setting.path.replaceAll('[]', '.0')))];
  const last = path.split('.').at(-1)!;
  const sameEnd = known.find((one) => one.split('.').at(-1) === last);
  const near =
    closestMatch(path, known, { maxDistance: Math.max(3, Math.floor(path.length / 3)) }) ?? sameEnd;
  return new ConfigError(
    `${option} ${path}: expected the path of a setting, such as optimizer.learningRate, received "${path}"${near === undefined ? '' : `: did you mean "${near}"?`}`,
    path.split('.'),
  );
};
