/** JSON as the files of a run directory have it that a person reads. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** JSON of a line: an event, or long lists of numbers, which indentation would spread over a line each. */
export const toJsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
