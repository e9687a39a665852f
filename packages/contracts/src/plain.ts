/** An object as JSON has it. */
export type PlainObject = { readonly [key: string]: unknown };

/** Whether a value is an object as JSON has it: neither null nor a list. */
export const isPlain = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Plain data as JSON with its keys sorted, so that equal data is equal text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    isPlain(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
