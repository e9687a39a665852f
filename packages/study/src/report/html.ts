import { svgText, themeDeclarations } from '@dropout-lab/charts';
import type { ReportBlock, ReportChart } from './blocks.ts';

/**
 * The report as one page that needs nothing else: styles and pictures are in it, scripts there are none. Light or
 * dark as the reader's system is.
 *
 * @param arms Of the study, each of which has a hue.
 */
export const htmlOf = (blocks: readonly ReportBlock[]): string => {
  const title = blocks.find((block) => block.kind === 'heading')?.text ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { ${themeDeclarations('light')} }
@media screen and (prefers-color-scheme: dark) { :root { ${themeDeclarations('dark')} } }
${STYLE}
</style>
</head>
<body>
<main>
${blocks.map(blockHtml).join('\n')}
</main>
</body>
</html>
`;
};

const STYLE = `
html { background: var(--paper); color: var(--ink); }
body { margin: 0; font: 16px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 48px 20px 96px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 16px; }
h2 { font-size: 21px; line-height: 1.3; margin: 56px 0 12px; padding-top: 16px; border-top: 1px solid var(--grid); }
p, li { max-width: 72ch; }
ul { padding-left: 20px; }
li { margin: 6px 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 28px 32px; margin: 20px 0; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: 14px; line-height: 1.45; margin-top: 8px; max-width: 62ch; }
.table { overflow-x: auto; margin: 16px 0; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 20px 6px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { font-weight: 600; }
td { min-width: 8.5em; overflow-wrap: anywhere; }
td.number { min-width: 0; white-space: nowrap; overflow-wrap: normal; }
@media print {
  main { max-width: none; padding: 0; }
  .table { overflow: visible; }
  table { font-size: 11px; }
  th, td { min-width: 0; padding-right: 10px; overflow-wrap: anywhere; }
  td.number { white-space: normal; }
  h2 { break-after: avoid; }
  tr, figure { break-inside: avoid; }
}
`.trim();

const blockHtml = (block: ReportBlock): string => {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return tableHtml(block);
    case 'charts':
      return `<div class="charts">\n${block.charts.map(chartHtml).join('\n')}\n</div>`;
  }
};

const tableHtml = ({ head, rows }: Extract<ReportBlock, { kind: 'table' }>): string => {
  const cell = (text: string): string =>
    `<td${/^[−+\d–]/.test(text) && text.length < 40 ? ' class="number"' : ''}>${escapeHtml(text).replaceAll('\n', '<br>')}</td>`;
  return `<div class="table"><table>
<thead><tr>${head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody>
</table></div>`;
};

const chartHtml = ({ svg, caption }: ReportChart): string =>
  `<figure>\n${svgText(svg)}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;

/** For text, and for attributes in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
