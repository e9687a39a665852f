import type { z } from 'zod';
import { canonicalJson, isPlain } from '../settings/plain.ts';
import { elementOf, membersOf, shapeOf, unwrap } from '../settings/settings.ts';

/**
 * What of a parsed value differs from the defaults of its schema, at every depth; undefined when nothing does. A
 * setting that is added with a default is in none of them, so what is named by this keeps its name.
 */
export const withoutDefaults = (schema: z.ZodType, value: unknown): unknown => {
  const { inner, hasDefault, default: byDefault } = unwrap(schema);
  const kept = keptOf(inner, value);
  if (!hasDefault) return kept;
  return canonicalJson(kept) === canonicalJson(keptOf(inner, byDefault)) ? undefined : kept;
};

/** The same of a schema without its own default: always something. */
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
 * The text that tells two values of a schema apart, whatever defaults are added later: canonical JSON of what differs
 * from the defaults, and of the schema's version, which gives them.
 */
export const identityOf = (schema: z.ZodType, version: number, value: unknown): string =>
  canonicalJson({ version, settings: withoutDefaults(schema, value) ?? {} });
