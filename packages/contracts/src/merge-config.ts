/** An object as JSON has it. */
export type PlainObject = { readonly [key: string]: unknown };

/**
 * A configuration with changes on top, object by object. What is undefined changes nothing; null, plain values
 * and lists stand in the place of what was there. So does an object with another `name`, such as another
 * optimizer's: what was set for the one means nothing to the other.
 *
 * @param base A configuration as a user writes it; left as it is.
 * @param changes The part of it that is to be otherwise.
 */
export const mergeConfig = (base: PlainObject, changes: PlainObject): PlainObject => {
  const isAnother = 'name' in base && changes['name'] !== undefined && changes['name'] !== base['name'];
  const merged: Record<string, unknown> = isAnother ? {} : { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    if (!isPlain(value)) merged[key] = value;
    else {
      const below = mergeConfig(isPlain(merged[key]) ? merged[key] : {}, value);
      if (Object.keys(below).length > 0) merged[key] = below;
    }
  }
  return merged;
};

const isPlain = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
