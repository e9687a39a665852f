#!/usr/bin/env node
import { systemErrorSentence } from '@dropout-lab/files/node';
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
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as head, closes the pipe: no reason to complain, nor to go on writing to it.
  if (error.code === 'EPIPE') process.exit();
  const sentence = systemErrorSentence(error, 'stdout', 'to write the output', 'send it elsewhere');
  process.stderr.write(`dropout-lab: ${sentence}\n`);
  process.exit(1);
});
// Where messages go nowhere, the exit code still says how it ended.
process.stderr.on('error', () => {});

process.exitCode = await runCommand(process.argv.slice(2), controller.signal);
