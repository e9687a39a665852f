import type { z } from 'zod';
import { canonicalJson, isPlain } from '../settings/plain.ts';
import { elementOf, membersOf, shapeOf, unwrap } from '../settings/settings.ts';

/**
 * Returns the part of a parsed value that differs from the defaults of its schema, at every depth; undefined when
 * nothing does. A setting that is added later with a default is not in it, so whatever is named by it keeps its name.
 */
export const withoutDefaults = (schema: z.ZodType, value: unknown): unknown => {
  const { inner, hasDefault, default: defaultValue } = unwrap(schema);
  const kept = keptOf(inner, value);
  if (!hasDefault) return kept;
  return canonicalJson(kept) === canonicalJson(keptOf(inner, defaultValue)) ? undefined : kept;
};

/** Does the same for a schema without a default of its own: there is always a value. */
const keptOf = (schema: z.ZodType, value: unknown): unknown => {
  const family = membersOf(schema);
  if (family && isPlain(value)) {
    const member = family.members.get(String(value[family.discriminator]));
    return member ? keptOf(member, value) : value;
  }
  const shape = shapeOf(schema);
  if (shape && isPlain(value)) {
    const entries = Object.keys(shape).map((key) => [key, withoutDefaults(shape[key]!, value[key])] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
  }
  const element = elementOf(schema);
  if (element && Array.isArray(value)) return value.map((one) => keptOf(unwrap(element).inner, one));
  return value;
};

/**
 * Returns a text that is equal for equal values of a schema alone, whatever settings with defaults are added later:
 * canonical JSON of what differs from the defaults, and of the schema's version, which decides the defaults.
 */
export const identityOf = (schema: z.ZodType, version: number, value: unknown): string =>
  canonicalJson({ version, settings: withoutDefaults(schema, value) ?? {} });
