import { RunUnreadableError } from '../errors.ts';

/** JSON as the files of a run directory have it that a person reads. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** JSON of a line: an event, or long lists of numbers, which indentation would spread over a line each. */
export const toJsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** @param file Where the text was read from. @throws RunUnreadableError when it is no JSON. */
export const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunUnreadableError(
      `${file}: expected JSON, found ${text.length} characters that are not JSON; restore the file from a copy`,
      { cause },
    );
  }
};
