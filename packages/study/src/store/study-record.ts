import {
  ConfigError,
  isPlain,
  type MigrationStep,
  migrate,
  parseJson,
  parseWith,
} from '@dropout-lab/contracts';
import { z } from 'zod';
import { type StudyInput, seedsSchema } from '../study/study.ts';

/** The end of the name of the file in which a store remembers a study; before it is the study's. */
export const STUDY_RECORD = '.study.json';

/** Of a study's file or record, in bytes: a sweep of thousands of arms is a few million. */
export const MOST_STUDY_BYTES = 2 ** 24;

/** The thing to do about a record that cannot be read. */
export const RECORD_ADVICE = 'give the file of the study instead, or remove this one';

const RECORD_VERSION = 2;

const recordSchema = z.object({
  schemaVersion: z.literal(RECORD_VERSION),
  // What else it is made of is checked when it is run again.
  study: z.looseObject({ seeds: seedsSchema.optional() }),
});

const recordSteps: readonly MigrationStep[] = [({ schemaVersion: _, ...study }) => ({ study })];

/** Returns the record of a study as JSON. */
export const writeStudyRecord = (study: StudyInput): string =>
  `${JSON.stringify({ schemaVersion: RECORD_VERSION, study }, null, 2)}\n`;

/**
 * Returns the study that a store's record has, with the seeds that it was last run with; `parseStudy` checks the rest.
 *
 * @param where The file that it came from: how an error begins.
 * @throws ConfigError when it is damaged, or of a newer version.
 */
export const readStudyRecord = (text: string, where: string): StudyInput => {
  const content = jsonOf(text, where);
  // Version 1 had the study itself in the file, and no version.
  const versioned =
    isPlain(content) && !('schemaVersion' in content) ? { schemaVersion: 1, ...content } : content;
  const record = migrate(versioned, { version: RECORD_VERSION, steps: recordSteps, where });
  return parseWith(recordSchema, record, where).study as unknown as StudyInput;
};

const jsonOf = (text: string, where: string): unknown => {
  try {
    return parseJson(text, where);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`${cause.message}: ${RECORD_ADVICE}`, [], { cause });
  }
};
