import { ConfigError, parseWith } from '@dropout-lab/contracts';
import type { z } from 'zod';
import { TrainingError } from '../errors.ts';

/** Returns settings with the defaults of those left out. @throws TrainingError naming the first that is out of range. */
export const parseSettings = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  try {
    return parseWith(schema, input, what);
  } catch (error) {
    throw error instanceof ConfigError ? new TrainingError(error.message) : error;
  }
};
