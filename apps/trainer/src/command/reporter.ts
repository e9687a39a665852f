import type { RunEvent } from '@dropout-lab/contracts';
import { createLogUpdate } from 'log-update';
import { broken, fitted } from './format.ts';
import { printable } from './printable.ts';

/** The output of a command: lines for a person, and one line that is rewritten during long work. */
export interface Reporter {
  /** A line to keep. */
  line(text: string): void;
  /** The state of the work, in a line or several: rewrites those of a terminal; elsewhere writes plain ones now and then. */
  progress(text: string | readonly string[]): void;
  /** An event of a run: a line of JSON when the command was asked for them. */
  event(event: RunEvent): void;
}

/** Without a terminal, progress is worth a line this often. */
const PLAIN_PROGRESS_MS = 15_000;
/** A terminal need not be rewritten more often than this. */
const LIVE_PROGRESS_MS = 100;

/**
 * Lines go to stdout, progress to stderr. With `json`, stdout has the events and nothing else, and lines go to
 * stderr too.
 */
export const createReporter = ({ json }: { readonly json: boolean }): Reporter => {
  const live = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  const interval = live ? LIVE_PROGRESS_MS : PLAIN_PROGRESS_MS;
  let lastProgress = live ? 0 : Date.now();
  return {
    line: (text) => {
      live?.clear();
      const stream = json ? process.stderr : process.stdout;
      const shown = printable(text);
      // A terminal would break the line in the middle of a word; a file has it whole.
      stream.write(`${stream.isTTY ? broken(shown, stream.columns ?? 80) : shown}\n`);
    },
    progress: (text) => {
      const now = Date.now();
      if (now - lastProgress < interval) return;
      lastProgress = now;
      const lines = [text].flat().map(printable);
      // The last column stays free: some terminals wrap when it is filled.
      if (live) live(lines.map((line) => fitted(line, (process.stderr.columns ?? 80) - 1)).join('\n'));
      else process.stderr.write(`${lines.join('\n')}\n`);
    },
    event: (event) => {
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
    },
  };
};
