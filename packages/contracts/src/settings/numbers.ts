import { z } from 'zod';

interface Range {
  readonly above?: number;
  readonly min?: number;
  readonly below?: number;
  readonly max?: number;
}

/** `a number of at least 0 and below 1`. */
const inWords = (kind: string, { above, min, below, max }: Range): string => {
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  const lower = above !== undefined ? `above ${above}` : min !== undefined ? `of at least ${min}` : undefined;
  const upper = below !== undefined ? `below ${below}` : max !== undefined ? `of at most ${max}` : undefined;
  return `${kind} ${[lower, upper].filter((bound) => bound !== undefined).join(' and ')}`;
};

const within = (schema: z.ZodNumber, { above, min, below, max }: Range, message: string): z.ZodNumber => {
  let bounded = schema;
  if (above !== undefined) bounded = bounded.gt(above, message);
  if (min !== undefined) bounded = bounded.min(min, message);
  if (below !== undefined) bounded = bounded.lt(below, message);
  if (max !== undefined) bounded = bounded.max(max, message);
  return bounded;
};

/**
 * Returns a schema of finite numbers whose every failure, of kind or of range, is answered with the whole rule. A number that is 0
 * or infinite in float32, in which everything is computed, is refused too.
 */
export const number = (range: Range): z.ZodNumber => {
  const expected = inWords('a number', range);
  const message = `expected ${expected}`;
  return within(z.number(message), range, message)
    .refine(isFloat32, `${message}, in the range of float32, 1e-45 to 3e38`)
    .meta({ expected });
};

const isFloat32 = (value: number): boolean => {
  const rounded = Math.fround(value);
  return value === 0 || (rounded !== 0 && Number.isFinite(rounded));
};

/** Returns a schema of integers whose every failure, of kind or of range, is answered with the whole rule. */
export const wholeNumber = (range: Range): z.ZodNumber => {
  const expected = inWords('a whole number', range);
  const message = `expected ${expected}`;
  return within(z.number(message).int(message), range, message).meta({ expected });
};

/** A whole number above 0. */
export const count = wholeNumber({ above: 0 });
export const countOrZero = wholeNumber({ min: 0 });
export const positive = number({ above: 0 });
export const nonNegative = number({ min: 0 });
/** At least 0 and below 1. */
export const fraction = number({ min: 0, below: 1 });

/**
 * A number that can become NaN or infinite when a run diverges. JSON has neither: it is written as null and read back
 * as NaN.
 */
export const numberOrNaN = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
