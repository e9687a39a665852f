import { invocationOf } from '../command/invocation.ts';
import { type ConfigOptions, readRunConfig } from '../command/options.ts';
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
  // Only now: what is wrong with the options is said before TensorFlow.js has loaded.
  const [{ beginRun, reopenRun }, { trainRun }] = await Promise.all([
    import('./open-run.ts'),
    import('./train-run.ts'),
  ]);
  const run = config
    ? await beginRun(config, options, command, reporter, signal)
    : await reopenRun(options.resume!, options, reporter, signal);
  const { reason, path } = await trainRun(run, reporter, signal);
  reporter.line(
    reason === 'interrupted'
      ? `Resume with: ${invocationOf(['train'], { resume: path, 'data-dir': options.dataDir })}`
      : `Run directory: ${path}`,
  );
  return exitCodes[reason];
};
