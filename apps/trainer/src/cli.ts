#!/usr/bin/env node
import { CommanderError } from 'commander';
import { exitCodeOf, INTERRUPTED, messageOf } from './command/failure.ts';
import { createProgram } from './command/program.ts';

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
  const isInterrupted = controller.signal.aborted;
  process.exitCode = exitCodeOf(error, { isInterrupted });
  // Commander has printed its own message already.
  if (!(error instanceof CommanderError)) {
    const message = isInterrupted && error === controller.signal.reason ? 'Interrupted.' : messageOf(error);
    process.stderr.write(`${message}\n`);
  }
}
