import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { standaloneSvg, type ThemeName } from '@dropout-lab/charts';
import { DropoutLabError } from '@dropout-lab/contracts';
import {
  isNotFound,
  makeFolder,
  systemErrorCode,
  systemErrorSentence,
  writeDurably,
} from '@dropout-lab/files/node';
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

/** A report cannot be written: full disk, missing permission, a file in the folder's place. */
export class ReportError extends DropoutLabError {
  override readonly name = 'ReportError';
}

/**
 * Writes the report of a study into a folder: a page that needs nothing else, the same in Markdown with charts
 * beside it, and the data. It is written whole or not at all: files of an earlier report are replaced once all are
 * there, and stay when that fails. Other files in the folder are left alone.
 *
 * @param runs Of all arms and seeds of the study; only finished ones are shown.
 * @param galleries Of arms that have a finished run.
 * @throws ReportError
 */
export const writeReport = async (
  folder: string,
  study: Study,
  runs: readonly StudyRun[],
  galleries: readonly ArmGallery[],
): Promise<void> => {
  const files = await filesOf(study, runs, galleries);
  await writing(folder, async () => {
    const made = await makeFolder(folder);
    try {
      const unfinished = await mkdtemp(join(folder, '.report-'));
      try {
        await mkdir(join(unfinished, reportFiles.charts));
        for (const [name, content] of files) writeDurably(join(unfinished, name), content);
        await replaceFiles(unfinished, folder);
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    } catch (error) {
      if (made !== undefined) await rm(made, { recursive: true, force: true });
      throw error;
    }
  });
};

const writing = async (folder: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    const advice = 'make room or permit writing, or choose another folder';
    throw new ReportError(systemErrorSentence(cause, folder, 'to write a report here', advice), { cause });
  }
};

/** The content of each file of a report, by its name. */
const filesOf = async (
  study: Study,
  runs: readonly StudyRun[],
  galleries: readonly ArmGallery[],
): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  const analysis = analyzeStudy(study, runs);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const blocks = buildReport(analysis, galleries, document as unknown as Document);
  const arms = study.arms.length;
  const files = new Map<string, string | Uint8Array>();
  const charts = blocks.flatMap((block) => (block.kind === 'charts' ? block.charts : []));
  for (const chart of charts) {
    const light = standaloneSvg(chart.svg, 'light', arms);
    files.set(pathOf(chart.name, 'light'), light);
    files.set(pathOf(chart.name, 'dark'), standaloneSvg(chart.svg, 'dark', arms));
    files.set(`${reportFiles.charts}/${chart.name}.png`, await pngOf(light, chart.isPhotographic));
  }
  return files
    .set(reportFiles.html, htmlOf(blocks, arms))
    .set(reportFiles.markdown, markdownOf(blocks, pathOf))
    .set(reportFiles.json, `${JSON.stringify(analysis, null, 2)}\n`)
    .set(reportFiles.curves, curvesCsv(runs))
    .set(reportFiles.metrics, metricsCsv(analysis));
};

/** Puts each file of a report into its place; when one cannot be put there, the earlier ones are put back. */
const replaceFiles = async (from: string, to: string): Promise<void> => {
  const earlier = await mkdtemp(join(from, 'earlier-'));
  const undo: (() => Promise<void>)[] = [];
  const move = async (before: string, after: string): Promise<void> => {
    await rename(before, after);
    undo.unshift(() => rename(after, before));
  };
  try {
    for (const name of Object.values(reportFiles)) {
      try {
        await move(join(to, name), join(earlier, name));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      await move(join(from, name), join(to, name));
    }
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
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
