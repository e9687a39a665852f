import { fork } from 'node:child_process';
import { DropoutLabError, type RunConfig, type RunEndReason, type RunEvent } from '@dropout-lab/contracts';
import type { EpochMeasurements } from '../train/measure-epochs.ts';
import type { RunOptions } from '../train/open-run.ts';

/** A task for a process of its own. */
export type ProcessTask =
  /** Train the run in this folder, from its last checkpoint where it has one. */
  | {
      readonly kind: 'train';
      readonly config: RunConfig;
      readonly path: string;
      readonly options: RunOptions;
      /** The command line, for the manifest. */
      readonly command: readonly string[];
      /** Its writer on another machine is known to be gone: take its place. */
      readonly takeOver?: boolean;
    }
  /** Measure how long an epoch of each configuration takes. */
  | { readonly kind: 'measure'; readonly configs: readonly RunConfig[]; readonly options: RunOptions };

export type ProcessResult =
  | { readonly kind: 'ended'; readonly reason: RunEndReason }
  | ({ readonly kind: 'measured' } & EpochMeasurements)
  /** Another process writes the run. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type ProcessMessage =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | ProcessResult;

/** The process of a run ended without a message, or the run in it failed. */
export class RunFailedError extends DropoutLabError {
  override readonly name = 'RunFailedError';
}

export interface OwnProcessOptions {
  readonly onProgress?: (text: string) => void;
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops a run with a checkpoint. */
  readonly signal: AbortSignal;
  /** Ends the process at once, with nothing more written: the run is another's by now. */
  readonly lost?: AbortSignal;
}

/**
 * Does a task in a process of its own.
 *
 * @throws RunFailedError when the task fails, or its process is killed.
 */
export const inOwnProcess = (
  task: ProcessTask,
  { onProgress, onEvent, signal, lost }: OwnProcessOptions,
): Promise<Exclude<ProcessResult, { kind: 'failed' }>> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL('./run-process.js', import.meta.url), {
      // Keeps metrics that are NaN.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...nativeThreads(task.options) },
    });
    const stop = (): void => {
      if (child.connected) child.send('stop');
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    lost?.addEventListener('abort', kill);

    let result: ProcessResult | undefined;
    child.on('message', (message: ProcessMessage) => {
      if (message.kind === 'progress') onProgress?.(message.text);
      else if (message.kind === 'event') onEvent?.(message.event);
      else if (message.kind !== 'line') result = message;
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      lost?.removeEventListener('abort', kill);
      if (result === undefined) {
        reject(
          new RunFailedError(
            `expected the run's process to report how it ended, but it ended with ${killedBy ?? `exit code ${code}`}; its checkpoints are kept`,
          ),
        );
      } else if (result.kind === 'failed') reject(new RunFailedError(result.message));
      else resolve(result);
    });
    child.send(task);
  });

/** Returns the environment that limits the threads of native TensorFlow, which takes every core by default. */
const nativeThreads = ({ cores }: RunOptions): Record<string, string> =>
  cores === undefined
    ? {}
    : { TF_NUM_INTRAOP_THREADS: `${cores}`, TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: `${cores}` };
