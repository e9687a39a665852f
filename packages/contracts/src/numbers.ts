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

/** A finite number of which every failure, of kind or of range, is told by the whole rule. */
export const number = (range: Range): z.ZodNumber => {
  const message = `expected ${inWords('a number', range)}`;
  return within(z.number(message), range, message);
};

/** An integer of which every failure, of kind or of range, is told by the whole rule. */
export const wholeNumber = (range: Range): z.ZodNumber => {
  const message = `expected ${inWords('a whole number', range)}`;
  return within(z.number(message).int(message), range, message);
};

/**
 * A figure that a diverged run can turn into NaN or infinity. JSON has neither: such a figure is written as
 * null and read back as NaN.
 */
export const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
