import { closestMatch } from 'leven';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { requireKeysOnce } from './keys-once.ts';
import { isPlain } from './plain.ts';

/**
 * Parses `input` by `schema`, or throws a {@link ConfigError} that names the first value at fault in one
 * sentence: `run configuration: batchSize: expected a whole number above 0, received -5: the nearest is 1`.
 *
 * @param what A name of the input, or the file that it came from, which the sentence begins with.
 */
export const parseWith = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  const known = new Map<string, readonly string[]>();
  const result = safely(() => schema.safeParse(input, { error: (issue) => expectation(issue, known) }), what);
  if (result.success) return result.data;
  throw refusalOf(result.error, result.error.issues[0]!, { input, what, known });
};

/**
 * Refuses a part of what a schema describes, as a user writes it: any setting may be left out, but one that is there must
 * be possible.
 *
 * @param what A name of the input, or the file that it came from, which the sentence begins with.
 * @throws ConfigError naming the first value at fault.
 */
export const requirePart = (schema: z.ZodType, input: unknown, what: string): void =>
  requireSome(schema, input, what, () => true);

/** {@link requirePart}, but settings of another member of a family may be there too: one that is chosen later has them. */
export const requireKinds = (schema: z.ZodType, input: unknown, what: string): void =>
  requireSome(schema, input, what, ({ code }) => code !== 'unrecognized_keys' && code !== 'custom');

const requireSome = (
  schema: z.ZodType,
  input: unknown,
  what: string,
  counts: (issue: Issue) => boolean,
): void => {
  requireJson(input, what);
  const known = new Map<string, readonly string[]>();
  const { error } = schema.safeParse(input, { error: (issue) => expectation(issue, known) });
  const issue = error?.issues.find((one) => counts(one) && valueAt(input, pathOf(one)) !== undefined);
  if (error && issue) throw refusalOf(error, issue, { input, what, known });
};

const pathOf = (issue: Issue): (string | number)[] =>
  issue.path.filter((key): key is string | number => typeof key !== 'symbol');

interface Refused {
  readonly input: unknown;
  readonly what: string;
  /** The known settings beside each unknown one. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

const refusalOf = (cause: z.ZodError, first: Issue, { input, what, known }: Refused): ConfigError => {
  const issue = inMember(first, input);
  const found = pathOf(issue);
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...found, issue.keys[0]!] : found;
  const place = placeOf(what, path);
  const value = valueAt(input, path);
  const hint = isUnknown
    ? didYouMean(issue.keys[0]!, known.get(issue.keys[0]!) ?? [])
    : nearestOf(issue, value);
  return new ConfigError(`${place}: ${issue.message}, received ${inWords(value)}${hint}`, path, { cause });
};

/** Returns what is wrong within an object that may stand for a name, as a data set may, rather than that it is no name. */
const inMember = (issue: Issue, input: unknown): Issue => {
  if (issue.code !== 'invalid_union' || !isPlain(valueAt(input, pathOf(issue)))) return issue;
  const within = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .find(({ path, code }) => path.length > 0 || code === 'unrecognized_keys');
  return within === undefined ? issue : { ...within, path: [...issue.path, ...within.path] };
};

/** @throws ConfigError when an input is nested deeper than can be followed. */
const safely = <T>(parse: () => T, what: string): T => {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(`${what}: expected fewer levels of nesting, received more than can be read`, [], {
      cause: error,
    });
  }
};

/** Returns `: did you mean "beta1"?`, where a known word is near enough. */
const didYouMean = (word: string, known: readonly string[]): string => {
  const near = known.includes(word)
    ? undefined
    : closestMatch(word, [...known], { maxDistance: Math.max(2, Math.floor(word.length / 3)) });
  return near === undefined ? '' : `: did you mean "${near}"?`;
};

/**
 * Parses a text as JSON.
 *
 * @param what A name of the text, or the file that it came from, which errors begin with.
 * @throws ConfigError when it is no JSON, has a key twice, or is nested more than 100 levels deep.
 */
export const parseJson = (text: string, what: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${what}: expected JSON: ${faultOf(text, cause as Error)}`, [], { cause });
  }
  // Called for the depth: what JSON.parse returns is plain.
  requireJson(value, what);
  requireKeysOnce(text, what);
  return value;
};

/** Characters that look like a space or like nothing, as editors and web pages put them in; JSON has them within strings only. */
const unseen = /(?! )[\p{Zs}\p{Cf}\u3164]/gu;

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** Returns why a text is no JSON, with escapes for characters that cannot be seen. */
const faultOf = (text: string, { message }: Error): string => {
  const outside = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, (string) => ' '.repeat(string.length));
  const place = outside.search(unseen);
  const named = place < 0 ? '' : `; character ${place + 1} is ${escaped(text.slice(place))}: remove it`;
  return message.replaceAll(unseen, escaped) + named;
};

/**
 * Refuses values that no JSON file could have, such as a Map, in which a schema would see nothing, the key `__proto__`, which it
 * would not see either, and values that are nested too deep to be followed.
 *
 * @throws ConfigError with the path of the first instance of a class or of the key; for more than 100 levels.
 */
export const requireJson = (input: unknown, what: string, path: readonly (string | number)[] = []): void => {
  if (typeof input !== 'object' || input === null) return;
  if (path.length >= MOST_LEVELS) {
    throw new ConfigError(`${what}: expected at most ${MOST_LEVELS} levels of nesting, received more`);
  }
  if (!Array.isArray(input) && !isPlain(input)) {
    throw new ConfigError(
      `${placeOf(what, path)}: expected a plain object, as in JSON, received an instance of ${input.constructor?.name}`,
      path,
    );
  }
  for (const [key, value] of Object.entries(input)) {
    // Of an object that is made anew it would be the prototype, which no list of its keys has.
    if (key === '__proto__') {
      throw new ConfigError(
        `${placeOf(what, path)}: expected another name than "__proto__": change it`,
        path,
      );
    }
    requireJson(value, what, [...path, Array.isArray(input) ? Number(key) : key]);
  }
};

/** Returns the whole that a value is part of, with its path in there, for the beginning of a refusal. */
const placeOf = (what: string, path: readonly (string | number)[]): string =>
  path.length > 0 ? `${what}: ${z.core.toDotPath(path)}` : what;

const MOST_LEVELS = 100;

/** Removes `$schema`, which points an editor to the JSON Schema and is no setting. */
export const withoutSchemaKey = (input: unknown): unknown => {
  if (!isPlain(input)) return input;
  const { $schema: _, ...rest } = input;
  return rest;
};

type Issue = z.core.$ZodIssue;

/** Returns the nearest right value in words, where there is one. */
const nearestOf = (issue: Issue, value: unknown): string => {
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return didYouMean(value, issue.values.map(String));
  if (issue.code === 'invalid_union' && typeof value === 'string')
    return didYouMean(value, [...optionsOf(issue as { readonly options?: unknown }), ...namesOf(issue)]);
  if (typeof value !== 'number' || !Number.isFinite(value)) return '';
  const isWhole = / whole number /.test(issue.message);
  if (issue.code === 'too_small') {
    const { minimum, inclusive } = issue;
    if (inclusive || isWhole) return `: the nearest is ${inclusive ? minimum : Number(minimum) + 1}`;
  }
  if (issue.code === 'too_big') {
    const { maximum, inclusive } = issue;
    if (inclusive || isWhole) return `: the nearest is ${inclusive ? maximum : Number(maximum) - 1}`;
  }
  return '';
};

/** Lists the names of a family's members. The default member can be given without a name, which is not listed. */
const optionsOf = (issue: { readonly options?: unknown }): string[] =>
  Array.isArray(issue.options) ? issue.options.filter((option) => option !== undefined).map(String) : [];

/** Lists the names that a union has beside what is described by an object. */
const namesOf = ({ errors }: z.core.$ZodIssueInvalidUnion): string[] =>
  errors.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * Says what was expected, for issues whose schema does not say it in its own words.
 *
 * @param known Is filled with the known settings beside each unknown one.
 */
const expectation = (
  issue: z.core.$ZodRawIssue,
  known: Map<string, readonly string[]>,
): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${alternatives(issue.values)}`;
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `expected ${alternatives(optionsOf(issue as { readonly options?: unknown }))}`
        : undefined;
    case 'unrecognized_keys': {
      const settings = Object.keys((issue.inst as z.ZodObject).shape);
      for (const key of issue.keys) if (!known.has(key)) known.set(key, settings);
      return `expected one of the keys ${listed(settings)}`;
    }
    case 'too_small':
      return `expected ${boundInWords(issue.origin, issue.inclusive === false ? 'above' : 'of at least', issue.minimum)}`;
    case 'too_big':
      return `expected ${boundInWords(issue.origin, issue.inclusive === false ? 'below' : 'of at most', issue.maximum)}`;
    default:
      return undefined;
  }
};

/** Formats a bound: `a number of at least 0`, `a list of at least 1 item`, `a string of at most 5 characters`. */
const boundInWords = (origin: string, bound: string, limit: number | bigint): string => {
  const units: Readonly<Record<string, string>> = { array: 'item', string: 'character' };
  const unit = units[origin];
  const counted = unit === undefined ? '' : ` ${unit}${limit === 1 ? '' : 's'}`;
  return `${kinds[origin === 'int' ? 'number' : origin] ?? origin} ${bound} ${limit}${counted}`;
};

const alternatives = (values: readonly unknown[]): string =>
  values.length === 1 ? inWords(values[0]) : `one of ${listed(values)}`;

const listed = (values: readonly unknown[]): string => values.map(inWords).join(', ');

const valueAt = (input: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null)?.[key], input);

const longestValue = 80;

/** Formats a value for a message, shortened where it is long. */
export const inWords = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  // JSON would call NaN and Infinity null.
  if (typeof value === 'number') return String(value);
  const text = textOf(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
};

/** Writes a value as JSON, or says what it is where JSON cannot, as for circular references and BigInts. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    if (typeof value === 'bigint') return `${value}n`;
    return `${Array.isArray(value) ? 'a list' : 'an object'} that is nested too deeply to be shown`;
  }
};
