/** Formats an aligned Markdown table: the first `textColumns` columns to the left, the numbers after them to the right. */
export const formatTable = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: number,
): string => {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) =>
      i < textColumns ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (i < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
};

/** Formats a number: `0.42`, `4.2`, `42`, `4200`. */
export const formatNumber = (value: number): string => value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0);
