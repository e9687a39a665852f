import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { standaloneSvg, type ThemeName } from '@dropout-lab/charts';
import { writeDurably } from '@dropout-lab/files/node';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { analyzeStudy } from '../analysis/analysis.ts';
import type { StudyRun } from '../store/study-run.ts';
import type { Study } from '../study/study.ts';
import type { ArmGallery } from './arm-gallery.ts';
import type { ReportChart } from './blocks.ts';
import { buildReport } from './build-report.ts';
import { curvesCsv, metricsCsv } from './csv.ts';
import { htmlOf } from './html.ts';
import { markdownOf } from './markdown.ts';

/** Names inside a report's folder. */
export const reportFiles = {
  html: 'index.html',
  markdown: 'README.md',
  json: 'report.json',
  curves: 'curves.csv',
  metrics: 'metrics.csv',
  charts: 'charts',
} as const;

/**
 * Writes the report of a study into a folder: a page that needs nothing else, the same in Markdown with charts
 * beside it, and the data. Files of an earlier report are replaced.
 *
 * @param runs Of all arms and seeds of the study; only finished ones are shown.
 * @param galleries Of arms that have a finished run.
 */
export const writeReport = async (
  folder: string,
  study: Study,
  runs: readonly StudyRun[],
  galleries: readonly ArmGallery[],
): Promise<void> => {
  const analysis = analyzeStudy(study, runs);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const blocks = buildReport(analysis, galleries, document as unknown as Document);
  const arms = study.arms.length;
  const write = (name: string, content: string | Uint8Array): void =>
    writeDurably(join(folder, name), content);

  await mkdir(join(folder, reportFiles.charts), { recursive: true });
  const charts = blocks.flatMap((block) => (block.kind === 'charts' ? block.charts : []));
  for (const chart of charts) {
    const light = standaloneSvg(chart.svg, 'light', arms);
    write(pathOf(chart.name, 'light'), light);
    write(pathOf(chart.name, 'dark'), standaloneSvg(chart.svg, 'dark', arms));
    write(join(reportFiles.charts, `${chart.name}.png`), await pngOf(light, chart.isPhotographic));
  }
  write(reportFiles.html, htmlOf(blocks, arms));
  write(reportFiles.markdown, markdownOf(blocks, pathOf));
  write(reportFiles.json, `${JSON.stringify(analysis, null, 2)}\n`);
  write(reportFiles.curves, curvesCsv(runs));
  write(reportFiles.metrics, metricsCsv(analysis));
};

const pathOf = (name: string, theme: ThemeName): string => `${reportFiles.charts}/${name}-${theme}.svg`;

/** Twice the size in pixels where that is sharper, for dense screens. Not every machine has a font: Inter comes along. */
const pngOf = async (svg: string, isPhotographic: ReportChart['isPhotographic']): Promise<Uint8Array> => {
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: isPhotographic ? 1 : 2 },
    font: { fontFiles: await fontFiles(), loadSystemFonts: false, defaultFontFamily: 'Inter' },
  });
  return resvg.render().asPng();
};

const fontFiles = async (): Promise<string[]> => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@expo-google-fonts/inter/package.json'));
  return [join(folder, '400Regular', 'Inter_400Regular.ttf')];
};
