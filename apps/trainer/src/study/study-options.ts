import type { LoadStudyOptions } from '@dropout-lab/study/node';
import type { RunOptions } from '../train/open-run.ts';

/** Options of the commands that train a study's runs. */
export interface StudyRunOptions extends RunOptions, LoadStudyOptions {
  /** Runs at once. */
  readonly jobs: number;
  /** Address of a Redis server whose workers train the runs; they are trained here when left out. */
  readonly queue?: string;
}
