import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeDurably } from '@dropout-lab/files/node';
import { Resvg } from '@resvg/resvg-js';
import { parseHTML } from 'linkedom';
import { analyzeStudy } from '../analysis/analysis.ts';
import { type ThemeName, themeColours, withTheme } from '../charts/theme.ts';
import type { StudyRun } from '../store/study-run.ts';
import type { Study } from '../study/study.ts';
import type { ArmGallery } from './arm-gallery.ts';
import type { ReportFigure } from './blocks.ts';
import { buildReport } from './build-report.ts';
import { curvesCsv, figuresCsv } from './csv.ts';
import { htmlOf } from './html.ts';
import { markdownOf } from './markdown.ts';

/** Names inside a report's folder. */
export const reportFiles = {
  html: 'index.html',
  markdown: 'README.md',
  json: 'report.json',
  curves: 'curves.csv',
  figures: 'figures.csv',
  pictures: 'figures',
} as const;

/**
 * Writes the report of a study into a folder: a page that needs nothing else, the same in Markdown with pictures
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

  await mkdir(join(folder, reportFiles.pictures), { recursive: true });
  const figures = blocks.flatMap((block) => (block.kind === 'figures' ? block.figures : []));
  for (const figure of figures) {
    write(pictureOf(figure.name, 'light'), standalone(figure, 'light', arms));
    write(pictureOf(figure.name, 'dark'), standalone(figure, 'dark', arms));
    write(join(reportFiles.pictures, `${figure.name}.png`), await pngOf(figure, arms));
  }
  write(reportFiles.html, htmlOf(blocks, arms));
  write(reportFiles.markdown, markdownOf(blocks, pictureOf));
  write(reportFiles.json, `${JSON.stringify(analysis, null, 2)}\n`);
  write(reportFiles.curves, curvesCsv(runs));
  write(reportFiles.figures, figuresCsv(analysis));
};

const pictureOf = (name: string, theme: ThemeName): string => `${reportFiles.pictures}/${name}-${theme}.svg`;

const PADDING = 12;

/** On paper of its own, with a margin, so that it can be read wherever it is put. */
const standalone = ({ svg }: ReportFigure, theme: ThemeName, arms: number): string => {
  const { document } = parseHTML(svg);
  const root = document.querySelector('svg')!;
  const [width, height] = ['width', 'height'].map((name) => Number(root.getAttribute(name)) + 2 * PADDING);
  root.setAttribute('width', `${width}`);
  root.setAttribute('height', `${height}`);
  root.setAttribute('viewBox', `${-PADDING} ${-PADDING} ${width} ${height}`);
  const paper = document.createElement('rect');
  const { paper: fill } = themeColours(theme, arms);
  const place = { x: -PADDING, y: -PADDING, width, height, fill };
  for (const [name, value] of Object.entries(place)) paper.setAttribute(name, `${value}`);
  root.prepend(paper);
  return withTheme(root.outerHTML, theme, arms);
};

/** Twice the size in pixels where that is sharper, for dense screens. Not every machine has a font: Inter comes along. */
const pngOf = async (figure: ReportFigure, arms: number): Promise<Uint8Array> => {
  const svg = standalone(figure, 'light', arms).replaceAll(
    'currentColor',
    themeColours('light', arms)['ink']!,
  );
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: figure.isPhotographic ? 1 : 2 },
    font: { fontFiles: await fontFiles(), loadSystemFonts: false, defaultFontFamily: 'Inter' },
  });
  return resvg.render().asPng();
};

const fontFiles = async (): Promise<string[]> => {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@expo-google-fonts/inter/package.json'));
  return [join(folder, '400Regular', 'Inter_400Regular.ttf')];
};
