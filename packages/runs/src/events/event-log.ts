import { parseRunEvent, type RunEvent } from '@dropout-lab/contracts';

/** The content of an `events.jsonl`. */
export interface EventLog {
  /** In the order written, those voided by a resumption included. */
  readonly events: RunEvent[];
  /** The last line does not end: its writer was killed, or is just writing it. */
  readonly torn: boolean;
}

/**
 * Reads the text of an `events.jsonl`: one JSON object a line. A line that was cut short, and an event of a
 * kind that this version does not know, are left out; no text is refused.
 */
export const parseEventLog = (text: string): EventLog => ({
  events: text
    .split('\n')
    .map((line) => parseRunEvent(parseJson(line)))
    .filter((event) => event !== undefined),
  torn: text !== '' && !text.endsWith('\n'),
});

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
