import type { ReportBlock, ReportChart } from './blocks.ts';
import { escapeHtml } from './html.ts';

/** Where a picture's file is, by its name and the paper that it is for. */
export type ChartPath = (name: string, theme: 'light' | 'dark') => string;

/** The report in Markdown, its pictures in files of their own, light or dark as the reader's page is. */
export const markdownOf = (blocks: readonly ReportBlock[], pathOf: ChartPath): string =>
  `${blocks.map((block) => blockMarkdown(block, pathOf)).join('\n\n')}\n`;

const blockMarkdown = (block: ReportBlock, pathOf: ChartPath): string => {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(inOneLine(block.text))}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(inOneLine(item))}`).join('\n');
    case 'table':
      return tableMarkdown(block);
    case 'charts':
      return block.charts.map((chart) => chartMarkdown(chart, pathOf)).join('\n\n');
  }
};

const tableMarkdown = ({ head, rows }: Extract<ReportBlock, { kind: 'table' }>): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => escapeInline(cell).replaceAll('\n', '<br>')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
};

const chartMarkdown = ({ name, caption }: ReportChart, pathOf: ChartPath): string =>
  [
    '<picture>',
    `<source media="(prefers-color-scheme: dark)" srcset="${pathOf(name, 'dark')}">`,
    `<img alt="${escapeHtml(inOneLine(caption))}" src="${pathOf(name, 'light')}">`,
    '</picture>',
    '',
    `*${escapeInline(inOneLine(caption))}*`,
  ].join('\n');

const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();

const escapeInline = (text: string): string => text.replaceAll(/[\\`*_[\]<>&~|$#]/g, '\\$&');

/** Where a line begins, other characters are marks too: of lists, of headings. */
const escapeMarkdown = (text: string): string =>
  escapeInline(text).replaceAll(/^[ \t]*(?:([-+=])|(\d+)(?=[.)]))?/gm, (_, mark, number) =>
    mark ? `\\${mark}` : number ? `${number}\\` : '',
  );
