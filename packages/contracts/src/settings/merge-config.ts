import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { runConfigSchema } from '../run/run-config.ts';
import { inWords } from './parse.ts';
import { isPlain, type PlainObject } from './plain.ts';
import { memberOf, membersOf, schemaOfKey, shapeOf, unwrap } from './settings.ts';

/**
 * A configuration with changes on top, object by object. What is undefined changes nothing; null, plain values
 * and lists stand in the place of what was there. So does another member of a family, such as another optimizer:
 * what was set for the one means nothing to the other.
 *
 * @param base A configuration as a user writes it; left as it is.
 * @param changes The part of it that is to be otherwise.
 * @param what What the configuration is: how an error begins.
 * @throws ConfigError when either is no object, or where settings are to be put into a value that holds none, such as
 *   `{ "optimizer": "sgd" }`.
 */
export const mergeConfig = (base: unknown, changes: unknown, what = 'run configuration'): PlainObject =>
  mergeAt(requireObject(base, what, []), requireObject(changes, what, []), runConfigSchema, what, []);

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
    // What holds no settings is replaced, and refused by its schema if it is of another kind.
    if (!isPlain(value) || !holdsSettings(below)) {
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

const holdsSettings = (schema: z.ZodType | undefined): boolean => {
  if (schema === undefined) return false;
  const { inner } = unwrap(schema);
  return shapeOf(inner) !== undefined || membersOf(inner) !== undefined;
};

/** What a family is without a name: an optimizer is Adam, a model the tutorial's. */
const defaultMember = (schema: z.ZodType | undefined): unknown => {
  if (schema === undefined) return undefined;
  const { inner, default: byDefault } = unwrap(schema);
  const family = membersOf(inner);
  return family && isPlain(byDefault) ? byDefault[family.discriminator] : undefined;
};

const isNullable = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined && unwrap(schema).nullable;

const requireObject = (value: unknown, what: string, path: readonly string[]): PlainObject => {
  if (isPlain(value)) return value;
  const place = path.length > 0 ? `${what}: ${path.join('.')}` : what;
  throw new ConfigError(`${place}: expected an object, received ${inWords(value)}`, path);
};
