import { describeHardware, type StartedBackend } from '@dropout-lab/backend/node';
import { RUN_SCHEMA_VERSION, type RunManifest } from '@dropout-lab/contracts';
import { newRunId } from '@dropout-lab/runs';
import { createNumberedRunDirectory, createRunDirectory, type RunDirectory } from '@dropout-lab/runs/node';
import { readCommit } from './provenance.ts';
import { version } from './version.ts';

/** Where runs go unless told otherwise. */
const RUNS_FOLDER = 'runs';

/** What a new run is, apart from when, where and by what it is made. */
export interface NewRun
  extends Pick<RunManifest, 'config' | 'classNames' | 'data' | 'importedFrom' | 'command'> {
  readonly backend: StartedBackend;
  readonly workers: number;
}

/**
 * Makes the directory of a new run.
 *
 * @param path A folder that does not exist yet; `runs/<time>-<digest>` when undefined.
 */
export const createRun = async (
  { backend, workers, ...told }: NewRun,
  path: string | undefined,
): Promise<RunDirectory> => {
  const now = new Date();
  const manifest: RunManifest = {
    schemaVersion: RUN_SCHEMA_VERSION,
    id: newRunId(now, told.config),
    createdAt: now.toISOString(),
    ...told,
    backend: { name: backend.name, description: backend.description, workers },
    hardware: describeHardware(),
    versions: { 'dropout-lab': version, ...backend.versions },
    commit: await readCommit(),
  };
  return path === undefined
    ? createNumberedRunDirectory(RUNS_FOLDER, manifest)
    : createRunDirectory(path, manifest);
};
