import { CommanderError } from 'commander';
import { exitCodeOf, messageOf } from './failure.ts';
import { createProgram } from './program.ts';

/**
 * Runs a command line to its end, and says on stderr what went wrong.
 *
 * @param signal Aborted when the user wants to stop.
 * @returns The exit code.
 */
export const runCommand = async (argv: readonly string[], signal: AbortSignal): Promise<number> => {
  try {
    return await createProgram(signal)(argv);
  } catch (error) {
    const isInterrupted = signal.aborted;
    // Commander has printed its own message already.
    if (!(error instanceof CommanderError)) {
      const message = isInterrupted && error === signal.reason ? 'Interrupted.' : messageOf(error);
      process.stderr.write(`${message}\n`);
    }
    return exitCodeOf(error, { isInterrupted });
  }
};
