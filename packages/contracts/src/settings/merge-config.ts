import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { runConfigSchema } from '../run/run-config.ts';
import { inWords, requireKinds } from './parse.ts';
import { isPlain, type PlainObject } from './plain.ts';
import { memberOf, membersOf, schemaOfKey, shapeOf, unwrap } from './settings.ts';

/**
 * Merges changes into a configuration, object by object. Undefined changes nothing; null, plain values
 * and lists replace the value before. So does another member of a family, such as another optimizer:
 * the settings of one mean nothing to the other.
 *
 * @param base A configuration as a user writes it; left as it is.
 * @param changes The settings to change.
 * @param what A name of the configuration, which errors begin with.
 * @throws ConfigError when either is no object, or when a value of `base` cannot be, such as `{ "optimizer": "sgd" }`,
 *   whether or not a change covers it.
 */
export const mergeConfig = (base: unknown, changes: unknown, what = 'run configuration'): PlainObject => {
  const below = requireObject(base, what, []);
  // What is covered by a change would be seen by nobody.
  requireKinds(runConfigSchema, below, what);
  return mergeAt(below, requireObject(changes, what, []), runConfigSchema, what, []);
};

const mergeAt = (
  base: PlainObject,
  changes: PlainObject,
  schema: z.ZodType | undefined,
  what: string,
  path: readonly string[],
): PlainObject => {
  const member = memberOf(changes);
  const isAnother = member !== undefined && member !== (memberOf(base) ?? defaultMember(schema));
  const merged = new Map<string, unknown>(isAnother ? [] : Object.entries(base));
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const below = schema && schemaOfKey(unwrap(schema).inner, Object.fromEntries(merged), key);
    // A value without settings is replaced; its schema refuses it if it is of another kind.
    if (!isPlain(value) || !hasSettings(below)) {
      merged.set(key, value);
      continue;
    }
    const place = [...path, key];
    const before = merged.get(key);
    const isLeftOut = before === undefined || (before === null && isNullable(below));
    const changed = mergeAt(isLeftOut ? {} : requireObject(before, what, place), value, below, what, place);
    if (Object.keys(changed).length > 0) merged.set(key, changed);
  }
  // Not by assignment, which a key __proto__ would turn into something else.
  return Object.fromEntries(merged);
};

const hasSettings = (schema: z.ZodType | undefined): boolean => {
  if (schema === undefined) return false;
  const { inner } = unwrap(schema);
  return shapeOf(inner) !== undefined || membersOf(inner) !== undefined;
};

/** Returns the member that a family is without a name: Adam for optimizers, the tutorial's for models. */
const defaultMember = (schema: z.ZodType | undefined): unknown => {
  if (schema === undefined) return undefined;
  const { inner, default: defaultValue } = unwrap(schema);
  const family = membersOf(inner);
  return family && isPlain(defaultValue) ? defaultValue[family.discriminator] : undefined;
};

const isNullable = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined && unwrap(schema).nullable;

const requireObject = (value: unknown, what: string, path: readonly string[]): PlainObject => {
  if (isPlain(value)) return value;
  const place = path.length > 0 ? `${what}: ${path.join('.')}` : what;
  throw new ConfigError(`${place}: expected an object, received ${inWords(value)}`, path);
};
