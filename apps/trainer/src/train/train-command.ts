import { dirname } from 'node:path';
import type { EpochRow } from '@dropout-lab/runs';
import { formatMetric } from '../command/format.ts';
import { invocationOf } from '../command/invocation.ts';
import { requireKernels } from '../command/kernels.ts';
import { type ConfigOptions, readRunConfig } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import type { BeginOptions } from './open-run.ts';

export interface TrainOptions extends BeginOptions {
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
  const config = options.resume === undefined ? await readRunConfig(options) : undefined;
  const epochs = await readEpochs(options);
  if (config) await requireKernels(options);
  // Only now: what is wrong with the options is said before TensorFlow.js has loaded.
  const [{ beginRun, reopenRun }, { trainRun }] = await Promise.all([
    import('./open-run.ts'),
    import('./train-run.ts'),
  ]);
  const run = config
    ? await beginRun(config, options, command, reporter, signal)
    : await reopenRun(options.resume!, { ...options, epochs }, reporter, signal);
  const { reason, path } = await trainRun(run, reporter, signal);
  if (reason === 'completed' || reason === 'early_stopping') {
    for (const line of await closingLines(path)) reporter.line(line);
  }
  reporter.line(
    reason === 'interrupted'
      ? `Resume with: ${invocationOf(['train'], { resume: path, 'data-dir': options.dataDir })}`
      : `Run directory: ${path}`,
  );
  return exitCodes[reason];
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
    `Best epoch: ${best.epoch} of ${history.length}, by validation loss - val_loss: ${formatMetric(best.val_loss)} - val_accuracy: ${formatMetric(best.val_accuracy)}`,
  ];
};
