import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import {
  CheckpointCorruptError,
  CheckpointMissingError,
  RunChangedError,
  RunExistsError,
  RunLockedError,
  RunUnreadableError,
} from '@dropout-lab/runs';
import { CommanderError } from 'commander';
import { RunFailedError } from '../run-failed-error.ts';
import { printable, printableLines } from './printable.ts';

/** A command line, a configuration or a run that cannot be: nothing has been written. */
const USAGE = 2;
const refusals = [
  ConfigError,
  RunUnreadableError,
  RunExistsError,
  RunLockedError,
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
  if (error instanceof RunFailedError && !isInterrupted) return error.exitCode;
  if (refusals.some((kind) => error instanceof kind)) return USAGE;
  return isInterrupted ? INTERRUPTED : 1;
};

/** Whether an error is in the words of one made on purpose: packages that use none of ours have no class for these, and another thread keeps none. */
const isOnPurpose = (error: unknown): error is Error =>
  error instanceof Error &&
  /^\S[^\n]*: expected [^\n]+, (?:found|received|got) [^\n]+: [^\n]+$/.test(error.message);

/** Returns an error as it is printed: one made on purpose in its sentence, a defect with its stack. */
export const messageOf = (error: unknown): string => {
  // Of a defect in another process it has the stack.
  if (error instanceof RunFailedError) return `dropout-lab: ${printableLines(error.message)}`;
  if (error instanceof DropoutLabError || isOnPurpose(error)) {
    return `dropout-lab: ${printable(error.message)}`;
  }
  return printableLines(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
