import type { ReportBlock, ReportChart } from './blocks.ts';

/** Where a picture's file is, by its name and the paper that it is for. */
export type ChartPath = (name: string, theme: 'light' | 'dark') => string;

/** The report in Markdown, its pictures in files of their own, light or dark as the reader's page is. */
export const markdownOf = (blocks: readonly ReportBlock[], pathOf: ChartPath): string =>
  `${blocks.map((block) => blockMarkdown(block, pathOf)).join('\n\n')}\n`;

const blockMarkdown = (block: ReportBlock, pathOf: ChartPath): string => {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'table':
      return tableMarkdown(block);
    case 'charts':
      return block.charts.map((chart) => chartMarkdown(chart, pathOf)).join('\n\n');
  }
};

const tableMarkdown = ({ head, rows }: Extract<ReportBlock, { kind: 'table' }>): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => escapeMarkdown(cell).replaceAll('|', '\\|').replaceAll('\n', '<br>')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
};

const chartMarkdown = ({ name, caption }: ReportChart, pathOf: ChartPath): string =>
  [
    '<picture>',
    `<source media="(prefers-color-scheme: dark)" srcset="${pathOf(name, 'dark')}">`,
    `<img alt="${caption.replaceAll('"', '&quot;')}" src="${pathOf(name, 'light')}">`,
    '</picture>',
    '',
    `*${escapeMarkdown(caption)}*`,
  ].join('\n');

const escapeMarkdown = (text: string): string => text.replaceAll(/[*_<>`[\]]/g, '\\$&');
