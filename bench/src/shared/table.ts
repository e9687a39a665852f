import { markdownTable } from 'markdown-table';

/** Formats an aligned Markdown table: the first `textColumns` columns to the left, the numbers after them to the right. */
export const formatTable = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: number,
): string =>
  markdownTable([header, ...rows], { align: header.map((_, i) => (i < textColumns ? null : 'right')) });

/** Formats a number: `0.42`, `4.2`, `42`, `4200`. */
export const formatNumber = (value: number): string => value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0);
