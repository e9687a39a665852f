import { fork } from 'node:child_process';
import type { RunConfig, RunEndReason, RunEvent } from '@dropout-lab/contracts';
import { RunFailedError } from '../run-failed-error.ts';
import { runProcessFile } from '../run-process-file.ts';
import type { EpochMeasurements } from '../train/measure-epochs.ts';
import type { BeginOptions, ReopenOptions, RunOptions } from '../train/open-run.ts';

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
  /** Train a new run. */
  | {
      readonly kind: 'begin';
      readonly config: RunConfig;
      readonly options: BeginOptions;
      readonly command: readonly string[];
    }
  /** Continue the run in this folder. */
  | {
      readonly kind: 'resume';
      readonly path: string;
      readonly options: ReopenOptions & Pick<RunOptions, 'backend'>;
    }
  /** Measure how long a training step of a configuration takes. */
  | { readonly kind: 'measure-step'; readonly config: RunConfig; readonly options: RunOptions }
  /** Measure how long an epoch of each configuration takes. */
  | { readonly kind: 'measure'; readonly configs: readonly RunConfig[]; readonly options: RunOptions };

export type ProcessResult =
  | { readonly kind: 'ended'; readonly reason: RunEndReason; readonly path?: string }
  | { readonly kind: 'measured-step'; readonly stepSeconds: number }
  | ({ readonly kind: 'measured' } & EpochMeasurements)
  /** Another process writes the run. */
  | { readonly kind: 'locked'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly exitCode: number };

export type ProcessMessage =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'event'; readonly event: RunEvent }
  | ProcessResult;

export interface OwnProcessOptions {
  readonly onLine?: (text: string) => void;
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
export const inOwnProcess = async (
  task: ProcessTask,
  { onLine, onProgress, onEvent, signal, lost }: OwnProcessOptions,
): Promise<Exclude<ProcessResult, { kind: 'failed' }>> => {
  const variables = await variablesFor(task.options);
  const isTraining = !task.kind.startsWith('measure');
  return new Promise((resolve, reject) => {
    const child = fork(runProcessFile, {
      // Keeps metrics that are NaN.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...variables },
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
      else if (message.kind === 'line') onLine?.(message.text);
      else result = message;
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      lost?.removeEventListener('abort', kill);
      if (result === undefined) {
        reject(
          new RunFailedError(
            `expected ${isTraining ? "the run's" : 'its'} process to report how it ended, but it ended with ${killedBy ?? `exit code ${code}`}${isTraining ? '; its checkpoints are kept' : ''}`,
          ),
        );
      } else if (result.kind === 'failed') reject(new RunFailedError(result.message, result.exitCode));
      else resolve(result);
    });
    child.send(task);
  });
};

/** Returns what is added to the environment: the allocator's settings for native TensorFlow, and its threads. */
const variablesFor = async ({
  backend,
  cores,
}: Pick<RunOptions, 'backend' | 'cores'>): Promise<Record<string, string>> => {
  if (backend !== 'node') return nativeThreads(cores);
  // It brings TensorFlow.js, which most commands do without.
  const { allocatorSettings } = await import('@dropout-lab/backend/node');
  return { ...allocatorSettings(), ...nativeThreads(cores) };
};

/** Returns the environment that limits the threads of native TensorFlow, which takes every core by default. */
const nativeThreads = (cores: number | undefined): Record<string, string> =>
  cores === undefined
    ? {}
    : { TF_NUM_INTRAOP_THREADS: `${cores}`, TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: `${cores}` };
