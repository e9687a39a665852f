/**
 * The process of one run, started by {@link inOwnProcess}: what a run of a study does to memory, and a crash in native
 * code, stay its own, and native TensorFlow needs an environment of its own.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import { RunLockedError, runFiles } from '@dropout-lab/runs';
import { exitCodeOf } from './command/failure.ts';
import type { Reporter } from './command/reporter.ts';
import type { ProcessMessage, ProcessResult, ProcessTask } from './study/run-task.ts';
import { measureEpochs } from './train/measure-epochs.ts';
import { measureStep } from './train/measure-step.ts';
import { beginRun, reopenRun } from './train/open-run.ts';
import { trainRun } from './train/train-run.ts';

const controller = new AbortController();
const { signal } = controller;
const stop = (): void => controller.abort();
// Ctrl-C reaches this process too; the one that started it says what is to be done.
process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
process.on('disconnect', stop);
process.on('message', (message: ProcessTask | 'stop') => {
  if (message === 'stop') stop();
  else void perform(message).then(end);
});

const send = (message: ProcessMessage): void => {
  // The parent may have been killed: 'disconnect' reports that, and the run is stopped then.
  if (process.connected) process.send!(message, () => {});
};

const reporter: Reporter = {
  line: (text) => send({ kind: 'line', text }),
  progress: (text) => send({ kind: 'progress', text: [text].flat().join(' ') }),
  event: (event) => send({ kind: 'event', event }),
};

async function perform(task: ProcessTask): Promise<ProcessResult> {
  try {
    if (task.kind === 'measure') {
      return { kind: 'measured', ...(await measureEpochs(task.configs, task.options, reporter, signal)) };
    }
    if (task.kind === 'measure-step') {
      return { kind: 'measured-step', stepSeconds: await measureStep(task.config, task.options, signal) };
    }
    if (task.kind !== 'train') {
      const run =
        task.kind === 'begin'
          ? await beginRun(task.config, task.options, task.command, reporter, signal)
          : await reopenRun(task.path, task.options, reporter, signal);
      return { kind: 'ended', ...(await trainRun(run, reporter, signal)) };
    }
    const { config, path, options, command, takeOver = false } = task;
    const isBegun = await exists(join(path, runFiles.manifest));
    const run = isBegun
      ? await reopenRun(path, { ...options, takeOver }, reporter, signal)
      : await beginRun(config, { ...options, runDir: path }, command, reporter, signal);
    return { kind: 'ended', reason: (await trainRun(run, reporter, signal)).reason };
  } catch (error) {
    if (signal.aborted) return { kind: 'ended', reason: 'interrupted' };
    if (error instanceof RunLockedError && task.kind === 'train')
      return { kind: 'locked', message: error.message };
    const isOurs = error instanceof DropoutLabError;
    const message = isOurs ? error.message : String((error as Error).stack ?? error);
    return { kind: 'failed', message, exitCode: exitCodeOf(error, { isInterrupted: false }) };
  }
}

function end(result: ProcessResult): void {
  if (process.connected) process.send!(result, () => process.exit());
  else process.exit();
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
