/** An object as JSON has it. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is an object as JSON has it: neither null, nor a list, nor of a class. */
export const isPlain = (value: unknown): value is PlainObject => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of whatever realm: a worker's or a page's Object is another one.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** The value at a path of keys joined by dots; undefined where there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (isPlain(at) ? at[key] : undefined), value);

/** Plain data as JSON with its keys sorted, so that equal data is equal text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    isPlain(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
