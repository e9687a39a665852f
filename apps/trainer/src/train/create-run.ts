import { describeHardware } from '@dropout-lab/backend/node';
import { type NewRun, newRunManifest } from '@dropout-lab/runs';
import { createNumberedRunDirectory, createRunDirectory, type RunDirectory } from '@dropout-lab/runs/node';
import { readCommit } from '../command/provenance.ts';
import { version } from '../version.ts';
import { RUNS_FOLDER } from './require-place.ts';

/**
 * Makes the directory of a new run.
 *
 * @param run The run, apart from the machine, versions and commit, which are added here.
 * @param path A folder that does not exist yet; `runs/<time>-<digest>` when undefined.
 */
export const createRun = async (
  run: Omit<NewRun, 'hardware' | 'versions' | 'commit'>,
  path: string | undefined,
): Promise<RunDirectory> => {
  const manifest = newRunManifest({
    ...run,
    hardware: describeHardware(),
    versions: { 'dropout-lab': version },
    commit: await readCommit(),
  });
  return path === undefined
    ? createNumberedRunDirectory(RUNS_FOLDER, manifest)
    : createRunDirectory(path, manifest);
};
