import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { RunDirectoryError, RunExistsError, RunLockedError } from '@dropout-lab/runs';
import { requireFreePlace } from '@dropout-lab/runs/node';
import { requireOutside } from '../data/require-outside.ts';

/** The folder of runs by default. */
export const RUNS_FOLDER = 'runs';

/**
 * Refuses a place that a run could not be kept in, before anything is read or measured for it.
 *
 * @param runDir The folder to make for the run; one in the folder of runs when undefined.
 * @param pictures One's own, which a run must not be among.
 * @throws ConfigError, RunExistsError, RunLockedError.
 */
export const requirePlace = async (runDir: string | undefined, pictures?: string): Promise<void> => {
  await requireOutside({ option: '--run-dir', place: runDir ?? RUNS_FOLDER }, pictures);
  // The name of a run in the folder of runs is found when it is made.
  const place = runDir ?? join(RUNS_FOLDER, randomUUID());
  try {
    await requireFreePlace(place);
  } catch (cause) {
    const isSaid = cause instanceof RunExistsError || cause instanceof RunLockedError;
    if (isSaid || !(cause instanceof RunDirectoryError)) throw cause;
    const message =
      runDir === undefined ? cause.message.replace(place, RUNS_FOLDER) : `--run-dir ${cause.message}`;
    throw new ConfigError(message, [], { cause });
  }
};
