/** Returns the lines of a table for a terminal: columns of numbers to the right, of words to the left. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const columns = head.map((title, i) => {
    const cells = rows.map((row) => row[i]!);
    const width = Math.max(title.length, ...cells.map((cell) => cell.length));
    const isNumeric = cells.every((cell) => /^[-\d]|^$/.test(cell));
    return (cell: string): string => (isNumeric ? cell.padStart(width) : cell.padEnd(width));
  });
  return [head, ...rows].map((cells) =>
    cells
      .map((cell, i) => columns[i]!(cell))
      .join('  ')
      .trimEnd(),
  );
};
