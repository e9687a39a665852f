import type { z } from 'zod';
import { ConfigError } from './errors.ts';

/**
 * Parses `input` by `schema`, or throws a {@link ConfigError} that names the first value at fault in one
 * sentence: `run configuration: batchSize: expected number, received "many"`.
 */
export const parseWith = <S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.filter((key): key is string | number => typeof key !== 'symbol');
  const place = path.length > 0 ? `${what}: ${path.join('.')}` : what;
  throw new ConfigError(`${place}: ${describe(issue)}`, path, { cause: result.error });
};

const describe = (issue: z.core.$ZodIssue): string => {
  const message = issue.message.replace(/^(Invalid input: |Too (small|big): |Invalid option: )/, '');
  return message.charAt(0).toLowerCase() + message.slice(1);
};
