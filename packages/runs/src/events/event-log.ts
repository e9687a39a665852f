import { parseRunEvent, type RunEvent } from '@dropout-lab/contracts';
import { createGapFinder, type EventGaps, type ReachedProgress } from './gaps.ts';

/** The content of an `events.jsonl`. */
export interface EventLog {
  /** In the order written, those voided by a resumption included. */
  readonly events: RunEvent[];
  /** The last line does not end: its writer was killed, or is just writing it. */
  readonly torn: boolean;
  /** Lines that were lost; absent when none are. */
  readonly gaps?: EventGaps;
}

/**
 * Reads the text of an `events.jsonl`: one JSON object a line. A line that was cut short, and an event of a
 * kind that this version does not know, are left out; no text is refused.
 *
 * @param reached By what is known apart from the text, such as a checkpoint.
 * @param isChanged Whether the text is known not to be the one that was written.
 */
export const parseEventLog = (text: string, reached?: ReachedProgress, isChanged = false): EventLog => {
  const events = text
    .split('\n')
    .map((line) => parseRunEvent(parseJson(line)))
    .filter((event) => event !== undefined);
  const finder = createGapFinder();
  for (const event of events) finder.add(event);
  const gaps = finder.gaps(reached, isChanged);
  return { events, torn: text !== '' && !text.endsWith('\n'), ...(gaps && { gaps }) };
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
