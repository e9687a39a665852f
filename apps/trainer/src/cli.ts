#!/usr/bin/env node
import { INTERRUPTED } from './command/failure.ts';
import { runCommand } from './command/run-command.ts';

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

process.exitCode = await runCommand(process.argv.slice(2), controller.signal);
