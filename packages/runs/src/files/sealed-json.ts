import { parseWith, RUN_SCHEMA_VERSION } from '@dropout-lab/contracts';
import type { z } from 'zod';
import { RunDirectoryError } from '../errors.ts';
import { parseJson } from './json.ts';
import { brokenSealOf } from './seal.ts';

/**
 * Parses the text of a JSON file that may have its own digest in it.
 *
 * @param file Its path, for errors.
 * @throws RunDirectoryError when it is no JSON, or not as it was written; ConfigError when it is of another form.
 */
export const parseSealed = async <S extends z.ZodType>(
  text: string,
  schema: S,
  file: string,
): Promise<z.output<S>> => {
  const content = parseJson(text, file);
  const broken = await brokenSealOf(content, RUN_SCHEMA_VERSION);
  if (broken === undefined) return parseWith(schema, content, file);
  throw new RunDirectoryError(
    `${file}: expected the content that was written (${broken.expected}), found another (${broken.found}); restore the file from a copy, or remove it and evaluate the run again`,
  );
};
