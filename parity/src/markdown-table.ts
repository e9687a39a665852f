/** A Markdown table, its first column of text and the others of figures. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};
