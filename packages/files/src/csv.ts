/** A field of a table: text, a number, or nothing. */
export type CsvField = string | number | undefined;

/** How numbers are written. */
export interface CsvOptions {
  /** A number's digits; all of them by default, and nothing for NaN. */
  readonly number?: (value: number) => string;
  /** For a field that is undefined; empty by default. */
  readonly missing?: string;
}

/**
 * Returns rows as CSV (RFC 4180): lines end in CR LF, and fields are quoted where they must be. A spreadsheet takes a text
 * that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula: such a text gets an apostrophe before it.
 */
export const csvOf = (
  rows: readonly (readonly CsvField[])[],
  { number = (value) => (Number.isNaN(value) ? '' : String(value)), missing = '' }: CsvOptions = {},
): string => {
  const field = (value: CsvField): string => {
    if (value === undefined) return missing;
    if (typeof value === 'number') return number(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
};
