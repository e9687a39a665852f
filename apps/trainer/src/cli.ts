#!/usr/bin/env node
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import { RunExistsError } from '@dropout-lab/runs';
import { CommanderError } from 'commander';
import { createProgram } from './command/program.ts';

/** A command line or configuration that cannot be: nothing has been written. */
const USAGE = 2;
const INTERRUPTED = 130;

const controller = new AbortController();
const interrupt = (): void => {
  // Whoever asks twice does not want to wait for the checkpoint.
  if (controller.signal.aborted) process.exit(INTERRUPTED);
  controller.abort();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// A reader that has seen enough, such as head, closes the pipe: no reason to complain, nor to go on writing to it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await createProgram(controller.signal)(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Commander has printed its own message already.
  if (!(error instanceof CommanderError)) process.stderr.write(`${messageOf(error)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ConfigError || error instanceof RunExistsError) return USAGE;
  return controller.signal.aborted ? INTERRUPTED : 1;
}

function messageOf(error: unknown): string {
  if (controller.signal.aborted && error === controller.signal.reason) return 'Interrupted.';
  if (error instanceof DropoutLabError) return `dropout-lab: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
