import {
  type BackendChoice,
  defaultWorkers,
  type StartedBackend,
  startBackend,
} from '@dropout-lab/backend/node';
import { prepareRunData, type RunData } from '@dropout-lab/cifar';
import { ConfigError, type RunConfig, type Snapshot } from '@dropout-lab/contracts';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { runStatus } from '@dropout-lab/runs';
import { openRunDirectory, type RunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { wholeBatchLayerOf } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { backendChoice } from './backend-choice.ts';
import { createRun } from './create-run.ts';
import { type DataOptions, loadData, requireRunnable } from './data.ts';
import type { Reporter } from './reporter.ts';

/** A run that is ready to train. */
export interface OpenRun {
  readonly directory: RunDirectory;
  readonly model: LayersModel;
  readonly data: RunData;
  readonly resumeFrom: Snapshot | undefined;
}

/** How a run is computed, wherever it is kept. */
export interface RunOptions extends DataOptions {
  readonly backend: BackendChoice;
  /** Threads that share each batch; what fits the backend and the cores when left out. */
  readonly workers?: number;
  /** Cores that the run may use, when it is not alone; all of them when left out. */
  readonly cores?: number;
}

export interface BeginOptions extends RunOptions {
  readonly runDir?: string;
}

export interface ReopenOptions extends DataOptions {
  /** A writer on another machine is known to be gone, though its lock is there still. */
  readonly takeOver?: boolean;
}

/**
 * Sets a new run up. Its directory, the first thing that it writes, is made when all else is known to be good.
 *
 * @param command The command line, for the manifest.
 */
export const beginRun = async (
  config: RunConfig,
  options: BeginOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> => {
  requireRunnable(config);
  const backend = await startAndTell(options.backend, reporter);
  const model = buildModel(modelSpecOf(config), config.seed);
  const data = prepareRunData(await loadData(config.dataset, options, reporter, signal), config);
  const directory = await createRun(
    {
      config,
      classNames: [...data.classNames],
      data: data.description,
      command: [...command],
      backend,
      workers: workersFor(model, backend.name, options),
    },
    options.runDir,
  );
  return { directory, model, data, resumeFrom: undefined };
};

/**
 * Opens a run to go on from its last checkpoint, on the backend that it was started on; from the start when it
 * was killed before its first.
 *
 * @throws ConfigError when the run has nothing left to do, never trained here, or its data has changed.
 */
export const reopenRun = async (
  path: string,
  { takeOver = false, ...options }: ReopenOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> => {
  const reader = await openRunDirectory(path);
  const { config, backend, importedFrom } = reader.manifest;
  if (importedFrom !== undefined) {
    throw new ConfigError(
      `--resume ${path}: expected a run that trains here, but this one holds weights imported from ${importedFrom.file}: evaluate it, or start a run of its own`,
    );
  }
  const status = runStatus((await reader.readEvents()).events);
  if (status === 'completed' || status === 'early_stopping') {
    throw new ConfigError(
      `--resume ${path}: expected a run with training left to do, but this one has ended (${status})`,
    );
  }
  await startAndTell(backendChoice(backend.name), reporter);
  const model = buildModel(modelSpecOf(config), config.seed);
  const files = await loadData(config.dataset, options, reporter, signal);
  const data = prepareRunData(files, config);
  for (const [name, digest] of Object.entries(reader.manifest.data.sha256)) {
    if (data.description.sha256[name] === digest) continue;
    throw new ConfigError(
      `--resume ${path}: ${name}: expected the file that the run was started with (SHA-256 ${digest}), found ${data.description.sha256[name] ?? 'none'}: resume with the same data`,
    );
  }
  const directory = await resumeRunDirectory(path, { takeOver });
  const resumeFrom = (await directory.hasCheckpoint('last'))
    ? (await directory.loadCheckpoint('last')).snapshot
    : undefined;
  return { directory, model, data, resumeFrom };
};

/**
 * How many threads share each batch.
 *
 * @throws ConfigError when several are asked for, and a layer needs the whole batch.
 */
export const workersFor = (
  model: LayersModel,
  backend: StartedBackend['name'],
  { workers, cores }: Pick<RunOptions, 'workers' | 'cores'>,
): number => {
  const layer = wholeBatchLayerOf(model);
  if (layer === undefined) return workers ?? defaultWorkers(backend, cores);
  if (workers === undefined || workers === 1) return 1;
  throw new ConfigError(`--workers: expected 1, since ${layer} needs the whole batch, received ${workers}`);
};

const startAndTell = async (choice: BackendChoice, reporter: Reporter): Promise<StartedBackend> => {
  const backend = await startBackend(choice);
  reporter.line(`Backend: ${backend.reason}`);
  return backend;
};
