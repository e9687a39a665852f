import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import {
  CheckpointCorruptError,
  CheckpointMissingError,
  RunChangedError,
  RunExistsError,
  RunUnreadableError,
} from '@dropout-lab/runs';
import { CommanderError } from 'commander';
import { printable, printableLines } from './printable.ts';

/** A command line, a configuration or a run that cannot be: nothing has been written. */
const USAGE = 2;
const refusals = [
  ConfigError,
  RunUnreadableError,
  RunExistsError,
  RunChangedError,
  CheckpointMissingError,
  CheckpointCorruptError,
];

/** The exit code that shells give for a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Returns the exit code of a command that ended with an error. */
export const exitCodeOf = (
  error: unknown,
  { isInterrupted }: { readonly isInterrupted: boolean },
): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (refusals.some((kind) => error instanceof kind)) return USAGE;
  return isInterrupted ? INTERRUPTED : 1;
};

/** Returns an error as it is printed: one made on purpose in its sentence, a defect with its stack. */
export const messageOf = (error: unknown): string => {
  if (error instanceof DropoutLabError) return `dropout-lab: ${printable(error.message)}`;
  return printableLines(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
