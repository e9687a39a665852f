import { realpath } from 'node:fs/promises';
import {
  type BackendChoice,
  defaultWorkers,
  type StartedBackend,
  startBackend,
  type WasmKernels,
} from '@dropout-lab/backend/node';
import {
  ConfigError,
  type DataDescription,
  type RunConfig,
  type RunEvent,
  type RunManifest,
  type Snapshot,
} from '@dropout-lab/contracts';
import { prepareRunData } from '@dropout-lab/data';
import type { ExperimentOptions, PreparedRun } from '@dropout-lab/experiment';
import { threadReplicas } from '@dropout-lab/experiment/node';
import { gapsInWords, runStatus } from '@dropout-lab/runs';
import { openRunDirectory, type RunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { isNamedByConfig } from '@dropout-lab/study/node';
import { sharesBatches, wholeBatchLayerOf } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type KernelOptions, kernelsOf, requireKernelsOf } from '../command/kernels.ts';
import { backendChoice } from '../command/recorded-backend.ts';
import type { Reporter } from '../command/reporter.ts';
import { type DataOptions, loadRunData, requireImages, requireLoadable } from '../data/data.ts';
import { createRun } from './create-run.ts';
import { requireRunnable } from './require-runnable.ts';

/** A run that can be trained, on a backend that has started. */
export interface RunToTrain extends Pick<ExperimentOptions, 'config' | 'data' | 'replicas'> {
  /** Makes its directory, or opens it again. */
  readonly open: (
    prepared: PreparedRun,
  ) => Promise<{ readonly run: RunDirectory; readonly resumeFrom?: Snapshot | undefined }>;
  /** Folder for the event files of TensorBoard, which has a folder for each run; none are written when left out. */
  readonly tensorboard?: string | undefined;
}

/** The machine's part in a run: backend, threads and cores. */
export interface RunOptions extends DataOptions, KernelOptions {
  readonly backend: BackendChoice;
  /** The reason for the backend; when left out, `startBackend` gives one. */
  readonly why?: string | undefined;
  /** Threads that share each batch; what fits the backend and the cores when left out. */
  readonly workers?: number;
  /** Cores that the run may use, when it is not alone; all of them when left out. */
  readonly cores?: number;
}

export interface BeginOptions extends RunOptions, Pick<RunToTrain, 'tensorboard'> {
  readonly runDir?: string;
}

export interface ReopenOptions extends DataOptions, KernelOptions, Pick<RunToTrain, 'tensorboard'> {
  /** A writer on another machine is known to be gone, though its lock is there still. */
  readonly takeOver?: boolean;
  /** Train on to so many epochs; as many as the run has when left out. */
  readonly epochs?: number | undefined;
  /** Threads that share each batch; as many as the run began with when left out. */
  readonly workers?: number;
}

/**
 * Sets a new run up.
 *
 * @param command The command line, for the manifest.
 */
export const beginRun = async (
  config: RunConfig,
  options: BeginOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunToTrain> => {
  requireRunnable(config);
  const backend = await startReported(options, kernelsOf(options), reporter);
  const data = prepareRunData(await loadRunData([config], options, reporter, signal), config);
  return {
    config,
    data,
    replicas: replicasOn(config, backend, options),
    tensorboard: options.tensorboard,
    open: async ({ model, workers }) => {
      requireWorkers(model, options.workers);
      const { classNames, description } = data;
      const run = { config, classNames, data: description, backend, workers, command };
      return { run: await createRun(run, options.runDir) };
    },
  };
};

/**
 * Sets a run up to continue from its last checkpoint, on the backend that it was started on; from the start when it
 * was killed before its first.
 *
 * @throws ConfigError when the run has nothing left to do, never trained here, its data has changed, or it has other kernels
 *   than those that are asked for, or as many workers as its numbers depend on.
 * @throws RunDirectoryError when a file of the run is not as it was written; RunLockedError while another process writes it.
 */
export const reopenRun = async (
  path: string,
  { takeOver = false, epochs, workers, ...options }: ReopenOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunToTrain> => {
  const reader = await openRunDirectory(path);
  const { backend, importedFrom } = reader.manifest;
  if (importedFrom !== undefined) {
    throw new ConfigError(
      `--resume ${path}: expected a run that trains here, but this one has weights imported from ${importedFrom.file}: evaluate it, or start a run of its own`,
    );
  }
  requireLoadable(reader.manifest, `--resume ${path}`);
  requireSameNumbers(path, reader.manifest, workers);
  reader.requireWritable(takeOver);
  const { events, gaps } = await reader.readEvents();
  if (epochs !== undefined) await requireOwnName(path);
  const { config } = epochs === undefined ? reader.manifest : await reader.manifestWith(epochs);
  const status = runStatus(events);
  // One that was killed when it had just got more epochs has ended with fewer.
  const isDone =
    status === 'completed' && (config.maxSteps !== null || events.findLast(isEnd)!.epoch >= config.epochs);
  if (isDone || status === 'early_stopping') {
    throw new ConfigError(
      `--resume ${path}: expected a run with training left to do, but this one has ended (${status})`,
    );
  }
  await reader.requireIntact();
  await requireKernelsOf(reader.manifest, options, path);
  await requireImages([config], options);
  if (gaps) reporter.line(`${path}: ${gapsInWords(gaps)}`);
  const chosen = { backend: backendChoice(backend.name) };
  const started = await startReported(chosen, backend.kernels, reporter);
  const data = prepareRunData(await loadRunData([config], options, reporter, signal), config);
  requireSameData(path, reader.manifest, data.description);
  return {
    config,
    data,
    replicas: replicasOn(config, started, { workers: workers ?? backend.workers }),
    tensorboard: options.tensorboard,
    open: async ({ model }) => {
      requireWorkers(model, workers);
      const run = await resumeRunDirectory(path, { takeOver, epochs });
      if (run.manifest.config.epochs !== config.epochs) {
        await run.close();
        throw new ConfigError(
          `--resume ${path}: expected a run of ${config.epochs} epochs, but another process has just made it one of ${run.manifest.config.epochs}: resume it again`,
        );
      }
      // The next checkpoint is saved after the events as they are now.
      if (gaps?.isChanged) run.append({ kind: 'warning', time: Date.now(), message: gapsInWords(gaps) });
      const hasTrained = await run.hasCheckpoint('last');
      return { run, resumeFrom: hasTrained ? (await run.loadCheckpoint('last')).snapshot : undefined };
    },
  };
};

const isEnd = (event: RunEvent) => event.kind === 'run-ended';

/** @throws ConfigError when the run is a study's, which finds it by its configuration. */
const requireOwnName = async (path: string): Promise<void> => {
  if (!isNamedByConfig(await realpath(path))) return;
  throw new ConfigError(
    `--resume ${path}: expected a run of its own to train on, but this one is in the store of a study, named by its configuration: resume it without --epochs, or give the study more epochs`,
  );
};

/** @throws ConfigError when another number of workers would change the run's numbers. */
const requireSameNumbers = (path: string, { backend }: RunManifest, workers: number | undefined): void => {
  if (workers === undefined || workers === backend.workers || sharesBatches(backend.name)) return;
  throw new ConfigError(
    `--resume ${path} --workers: expected ${backend.workers}, as the run began with, since on ${backend.description} its numbers depend on it, received ${workers}: leave --workers out`,
  );
};

const requireSameData = (path: string, { data }: RunManifest, found: DataDescription): void => {
  for (const [name, digest] of Object.entries(data.sha256)) {
    if (found.sha256[name] === digest) continue;
    throw new ConfigError(
      `--resume ${path}: ${name}: expected the file that the run was started with (SHA-256 ${digest}), found ${found.sha256[name] ?? 'none'}: resume with the same data`,
    );
  }
};

/**
 * The threads that share each batch of a run.
 *
 * @throws ConfigError when several are asked for on a backend that has one.
 */
export const replicasOn = (
  config: RunConfig,
  { name, kernels }: Pick<StartedBackend, 'name' | 'kernels'>,
  { workers, cores }: Pick<RunOptions, 'workers' | 'cores'>,
): NonNullable<ExperimentOptions['replicas']> => {
  if (name === 'webgpu' && (workers ?? 1) > 1) {
    throw new ConfigError(
      `--workers: expected 1 on webgpu, where threads cannot pass weights on to each other, received ${workers}: leave --workers out`,
    );
  }
  return {
    count: workers ?? defaultWorkers(name, cores),
    start: threadReplicas({ backend: backendChoice(name), kernels, config }),
  };
};

/** @throws ConfigError when several threads are asked for, and a layer needs the whole batch. */
export const requireWorkers = (model: LayersModel, workers: number | undefined): void => {
  const layer = wholeBatchLayerOf(model);
  if (layer === undefined || workers === undefined || workers === 1) return;
  throw new ConfigError(`--workers: expected 1, since ${layer} needs the whole batch, received ${workers}`);
};

const startReported = async (
  options: Pick<RunOptions, 'backend' | 'why'>,
  kernels: WasmKernels | undefined,
  reporter: Reporter,
): Promise<StartedBackend> => {
  const backend = await startBackend(options.backend, { kernels });
  reporter.line(`Backend: ${reasonOf(backend, options)}`);
  return backend;
};

/** A line that says which backend a run has, and why. */
export const reasonOf = (
  { description, reason }: StartedBackend,
  { why }: Pick<RunOptions, 'why'>,
): string => (why === undefined ? reason : `${description}: ${why}`);
