/** A plain object, as in JSON. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is a plain object, as in JSON: not null, a list or an instance of a class. */
export const isPlain = (value: unknown): value is PlainObject => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Workers and pages have an Object of their own, so prototypes cannot be compared.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Returns the value at a path of keys joined by dots; undefined where there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (isPlain(at) ? at[key] : undefined), value);

/** Writes plain data as JSON with sorted keys, so that equal data gives equal text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    isPlain(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
