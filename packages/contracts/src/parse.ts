import { z } from 'zod';
import { ConfigError } from './errors.ts';

/**
 * Parses `input` by `schema`, or throws a {@link ConfigError} that names the first value at fault in one
 * sentence: `run configuration: batchSize: expected a whole number above 0, received -5`.
 *
 * @param what What the input is, or the file that it came from: how the sentence begins.
 */
export const parseWith = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  const result = schema.safeParse(input, { error: expectation });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.filter((key): key is string | number => typeof key !== 'symbol');
  const place = path.length > 0 ? `${what}: ${z.core.toDotPath(path)}` : what;
  const received =
    issue.code === 'unrecognized_keys' ? inWords(issue.keys[0]) : inWords(valueAt(input, path));
  throw new ConfigError(`${place}: ${issue.message}, received ${received}`, path, { cause: result.error });
};

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What was expected, for the issues whose schema does not say it in its own words. */
const expectation: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${alternatives(issue.values)}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? `expected ${alternatives(issue.options)}` : undefined;
    case 'unrecognized_keys':
      return `expected keys among ${listed(Object.keys((issue.inst as z.ZodObject).shape))}`;
    case 'too_small':
      return `expected ${kinds[issue.origin] ?? issue.origin} of at least ${issue.minimum} ${issue.minimum === 1 ? 'item' : 'items'}`;
    default:
      return undefined;
  }
};

const alternatives = (values: readonly unknown[]): string =>
  values.length === 1 ? inWords(values[0]) : `one of ${listed(values)}`;

const listed = (values: readonly unknown[]): string => values.map(inWords).join(', ');

const valueAt = (input: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null)?.[key], input);

const longestValue = 80;

const inWords = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  // JSON would call NaN and Infinity null.
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
};
