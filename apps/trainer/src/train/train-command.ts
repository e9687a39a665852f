import { dirname } from 'node:path';
import type { BackendChoice } from '@dropout-lab/backend/node';
import { type RunConfig, requireDataset } from '@dropout-lab/contracts';
import type { EpochRow } from '@dropout-lab/runs';
import { formatMetric } from '../command/format.ts';
import { invocationOf } from '../command/invocation.ts';
import { requireKernels } from '../command/kernels.ts';
import { type ConfigOptions, readRunConfig } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import { fewStepsLine, type PreparationOptions, withImages } from '../data/own-images.ts';
import type { ProcessTask } from '../study/run-task.ts';
import type { BeginOptions, ReopenOptions, RunToTrain } from './open-run.ts';
import { requireStandardizable, standardized } from './standardize.ts';
import type { EndedRun } from './train-run.ts';

export interface TrainOptions extends BeginOptions, PreparationOptions {
  /** The model begins with a normalization by what the training images are. */
  readonly standardize?: boolean;
  /** The folder of a run to resume. */
  readonly resume?: string;
  /** Those of {@link ConfigOptions} too. */
  readonly [option: string]: unknown;
}

/** 130 is what a shell gives for a program that Ctrl-C ended. */
const exitCodes = { completed: 0, early_stopping: 0, interrupted: 130, nan: 1, failed: 1 } as const;

/**
 * `dropout-lab train`: trains a new run, or one to resume, and evaluates it on the test images.
 *
 * @param command The command line, for the manifest.
 * @returns The exit code.
 */
export const trainCommand = async (
  options: TrainOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  // Before pictures are read, which takes a while.
  await requireOutputs(options);
  const config = options.resume === undefined ? await readConfig(options, reporter, signal) : undefined;
  const epochs = await readEpochs(options);
  if (config) await requireKernels(options);
  const { reason, path } = config
    ? // The images of its configuration are prepared by now.
      await trainNew(config, { ...options, images: undefined, test: undefined }, command, reporter, signal)
    : await resume(options.resume!, { ...options, epochs }, reporter, signal);
  if (reason === 'completed' || reason === 'early_stopping') {
    for (const line of await closingLines(path)) reporter.line(line);
  }
  reporter.line(
    reason === 'interrupted'
      ? `Resume with: ${invocationOf(['train'], { resume: path, 'data-dir': options.dataDir, tensorboard: options.tensorboard })}`
      : `Run directory: ${path}`,
  );
  return exitCodes[reason];
};

/** Refuses places that could not be written. */
const requireOutputs = async ({ resume, runDir, tensorboard, images }: TrainOptions): Promise<void> => {
  if (resume === undefined) await (await import('./require-place.ts')).requirePlace(runDir, images);
  if (tensorboard === undefined) return;
  const { requireFolder } = await import('../output.ts');
  const { requireOutside } = await import('../data/require-outside.ts');
  const output = { option: '--tensorboard', place: tensorboard };
  await requireOutside(output, images);
  await requireFolder(output);
};

const readConfig = async (
  options: TrainOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunConfig> => {
  const { standardize = false } = options;
  const read = await withImages(
    options,
    (own) => readRunConfig(options, own),
    async (read) => {
      (await import('./require-runnable.ts')).requireRunnable(
        standardize ? requireStandardizable(read) : read,
      );
      await requireData(read, options);
    },
    reporter,
    signal,
  );
  const config = standardize ? await standardized(read, signal) : read;
  const hint = options.images === undefined ? undefined : fewStepsLine(config);
  if (hint !== undefined) reporter.line(hint);
  return config;
};

// TensorFlow.js is loaded only now: what is wrong with the options is said before.

const trainNew = async (
  config: RunConfig,
  given: TrainOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EndedRun> => {
  await requireData(config, given);
  const { chooseBackend } = await import('./choose-backend.ts');
  const options = { ...given, ...(await chooseBackend(config, given, reporter, signal)) };
  if (await needsOwnProcess(options.backend))
    return inProcess({ kind: 'begin', config, options, command }, reporter, signal);
  const { beginRun } = await import('./open-run.ts');
  return trainHere(await beginRun(config, options, command, reporter, signal), reporter, signal);
};

/** Refuses a run that lacks images, before a backend is measured and started. */
const requireData = async (config: RunConfig, options: TrainOptions): Promise<void> => {
  requireDataset(config);
  await (await import('../data/data.ts')).requireImages([config], options);
};

const resume = async (
  path: string,
  given: ReopenOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EndedRun> => {
  const [{ openRunDirectory }, { backendChoice }] = await Promise.all([
    import('@dropout-lab/runs/node'),
    import('../command/recorded-backend.ts'),
  ]);
  const { backend, importedFrom } = (await openRunDirectory(path)).manifest;
  if (importedFrom === undefined && (await needsOwnProcess(backendChoice(backend.name)))) {
    const options = { ...given, backend: backendChoice(backend.name) };
    return inProcess({ kind: 'resume', path, options }, reporter, signal);
  }
  const { reopenRun } = await import('./open-run.ts');
  return trainHere(await reopenRun(path, given, reporter, signal), reporter, signal);
};

const trainHere = async (run: RunToTrain, reporter: Reporter, signal: AbortSignal): Promise<EndedRun> => {
  const { trainRun } = await import('./train-run.ts');
  return trainRun(run, reporter, signal);
};

/** Whether a backend computes faster with settings of the allocator, which are read when a process starts. */
const needsOwnProcess = async (backend: BackendChoice): Promise<boolean> => {
  if (backend !== 'node') return false;
  const { allocatorSettings } = await import('@dropout-lab/backend/node');
  return Object.keys(allocatorSettings()).length > 0;
};

/** Trains a run in a process of its own, whose output is this one's. */
const inProcess = async (
  task: Extract<ProcessTask, { kind: 'begin' | 'resume' }>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EndedRun> => {
  const { inOwnProcess } = await import('../study/run-task.ts');
  const ended = await inOwnProcess(task, {
    onLine: reporter.line,
    onProgress: reporter.progress,
    onEvent: reporter.event,
    signal,
  });
  if (ended.kind !== 'ended') throw new Error(`expected a run that has ended, received ${ended.kind}`);
  const { reason, path } = ended;
  // Interrupted before it had a directory.
  if (path === undefined) throw signal.reason;
  return { reason, path };
};

/** The number of epochs that was asked for, undefined when none was. @throws ConfigError when it is none. */
const readEpochs = async ({ epochs }: TrainOptions): Promise<number | undefined> =>
  epochs === undefined ? undefined : (await readRunConfig({ epochs })).epochs;

/** The best epoch of a run that has ended, epochs before it was resumed included, and how to look at it. */
const closingLines = async (path: string): Promise<string[]> => {
  const [{ lowestValidationLoss }, { readHistory }, { openRunDirectory }] = await Promise.all([
    import('@dropout-lab/metrics'),
    import('@dropout-lab/runs'),
    import('@dropout-lab/runs/node'),
  ]);
  const history = readHistory((await (await openRunDirectory(path)).readEvents()).events);
  return [
    ...bestLine(history, lowestValidationLoss(history)?.epoch),
    `Look at it with: ${invocationOf(dirname(path) === 'runs' ? ['view'] : ['view', dirname(path)])}`,
  ];
};

/** Nothing without validation: the best on the training images says little. */
const bestLine = (history: readonly EpochRow[], epoch: number | undefined): string[] => {
  const best = history.find((row) => row.epoch === epoch);
  if (best === undefined) return [];
  return [
    `Best epoch: ${best.epoch} of ${history.at(-1)!.epoch}, by validation loss - val_loss: ${formatMetric(best.val_loss)} - val_accuracy: ${formatMetric(best.val_accuracy)}`,
  ];
};
