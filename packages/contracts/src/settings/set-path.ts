import { closestMatch } from 'leven';
import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { requireKeysOnce } from './keys-once.ts';
import { isPlain, type PlainObject, valueAt } from './plain.ts';
import { elementOf, listSettings, membersOf, schemaOfKey, shapeOf, unwrap } from './settings.ts';

/**
 * Returns the part of a configuration that sets one setting: `optimizer.beta2` and 0.99 give
 * `{ optimizer: { beta2: 0.99 } }`. An item of a list is named by its index: `callbacks.0.patience`.
 *
 * @param base The configuration that the result will be merged with: items that a list has already stay in it.
 * @param option The option that gave the setting, for the error: `--set`.
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
  requireParent(schema, base, path, option);
  return placed(base, keys, value, schema, placeOf(option, path)) as PlainObject;
};

/** Says where in an error; the name of a flag says by itself what it sets. */
const placeOf = (option: string, path: string): string => (option === '--set' ? `--set ${path}` : option);

/**
 * Parses a text as JSON; a text that is none is returned as it is.
 *
 * @param option The option that gave it, for the error: `--set optimizer`.
 * @throws ConfigError when it has a key twice.
 */
export const valueOfText = (text: string, option: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  requireKeysOnce(text, option);
  return value;
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

/** Whether the setting at a path may be null, in any member of a family that has it. */
export const isNullableAt = (schema: z.ZodType, path: string): boolean => {
  const nullable = (one: z.ZodType, [key, ...rest]: readonly string[]): boolean => {
    const { inner, nullable: isNullable } = unwrap(one);
    if (key === undefined) return isNullable;
    const family = membersOf(inner);
    if (family) return [...family.members.values()].some((member) => nullable(member, [key, ...rest]));
    const below = shapeOf(inner)?.[key] ?? elementOf(inner);
    return below !== undefined && nullable(below, rest);
  };
  return nullable(schema, path.split('.'));
};

/** @throws ConfigError when the object around a setting has been set to none, unless the setting brings it back. */
const requireParent = (schema: z.ZodType, base: PlainObject, path: string, option: string): void => {
  const setting = listSettings(schema).find((one) => one.path === path);
  if (setting?.parent === undefined || setting.none === setting.parent) return;
  if (valueAt(base, setting.parent) !== null) return;
  throw new ConfigError(
    `${placeOf(option, path)}: expected ${setting.parent} with it, received none: leave one of the two out`,
    setting.parent.split('.'),
  );
};

/** Sets a value at a path. Merging replaces lists as a whole, so a changed list is returned with all of its items. */
const placed = (
  before: unknown,
  [key, ...rest]: readonly string[],
  value: unknown,
  schema: z.ZodType | undefined,
  where: string,
): unknown => {
  if (key === undefined) return value;
  const about = schema && unwrap(schema);
  const element = about && elementOf(about.inner);
  if (element) {
    const list = listOf(before ?? about.default);
    const index = Number(key);
    if (index > list.length) {
      throw new ConfigError(
        `${where}: expected an index from 0 to ${list.length} in a list of ${list.length}, received ${key}`,
        [key],
      );
    }
    const old = list[index];
    const changed = placed(old, rest, value, element, where);
    const isMember = isPlain(old) && isPlain(changed) && !isAnother(element, old, changed);
    list[index] = isMember ? { ...old, ...changed } : changed;
    return list;
  }
  const inner = isPlain(before) ? before[key] : undefined;
  return { [key]: placed(inner, rest, value, about && schemaOfKey(about.inner, before, key), where) };
};

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? [...value] : []);

/** Whether changes choose another member of a family, which keeps no setting of the one before. */
const isAnother = (element: z.ZodType, before: PlainObject, changes: PlainObject): boolean => {
  const key = membersOf(unwrap(element).inner)?.discriminator;
  return key !== undefined && changes[key] !== undefined && changes[key] !== before[key];
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
