import { z } from 'zod';

/** Checks a study of a catalogue. */
export const studyInfoSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** The folder of its runs, relative to that of all; empty for the same. */
  folder: z.string(),
  /** Those that have runs, with their names. */
  arms: z.array(z.object({ title: z.string(), runs: z.array(z.string()) })),
  /** Whether its report is served beside the runs. */
  hasReport: z.boolean(),
});

/** A study whose runs are among those of a catalogue. */
export type StudyInfo = z.output<typeof studyInfoSchema>;

/** Returns the address of a study's report, relative to that of the pages. */
export const reportAddress = (study: string): string => `reports/${study}.html`;
