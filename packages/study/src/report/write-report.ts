import { randomUUID } from 'node:crypto';
import { existsSync, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { standaloneSvg, type ThemeName } from '@dropout-lab/charts';
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import {
  isFileError,
  isNotFound,
  kindOf,
  makeFolder,
  RefusedFileError,
  removeLeftovers,
  requireFolderPlace,
  systemErrorSentence,
  writeDurably,
  writeFolderDurably,
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

/** Names inside a report's folder; in that of the charts, each report has a folder of its own. */
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
 * Refuses a folder that a report could not be written into, before anything is read for it: it cannot be made or written, or
 * has something else in the place of a file of the report.
 *
 * @throws ConfigError
 */
export const requireReportPlace = async (folder: string): Promise<void> => {
  try {
    await requireFolderPlace(folder);
    for (const name of Object.values(reportFiles)) {
      const found = await lstat(join(folder, name)).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
      if (found) requireKind(name, found);
    }
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new ConfigError(sentenceOf(cause, folder), [], { cause });
  }
};

/**
 * Writes the report of a study into a folder: a page that needs nothing else, the same in Markdown with charts
 * beside it, and the data. It is written whole or not at all: a new folder gets its name when it is complete, and files of an
 * earlier report are replaced once all are there, and stay when that fails. No system renames several files as one: a process
 * that is killed between two of these renames leaves some files of the one report and some of the other, each whole, and no
 * page that shows pictures of the other, or none. Other files in the folder are left alone.
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
  const contents = await filesOf(study, runs, galleries);
  const place = resolve(folder);
  await writing(folder, () =>
    existsSync(place) ? replaceReport(place, contents) : makeReport(place, contents),
  );
};

/** Makes a report where none is; it gets its name when it is whole. */
const makeReport = async (place: string, contents: ReportContents): Promise<void> => {
  const made = await makeFolder(dirname(place));
  try {
    const unfinished = await unfinishedIn(dirname(place), `.${basename(place)}${UNFINISHED}`);
    await writeFolderDurably(place, (folder) => writeFiles(folder, contents), { unfinished });
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  }
};

const replaceReport = async (folder: string, contents: ReportContents): Promise<void> => {
  await writeFolderDurably(folder, (made) => writeFiles(made, contents), {
    unfinished: await unfinishedIn(folder, UNFINISHED),
    putInPlace: (made) => replaceFiles(made, folder, contents),
  });
  await removeOtherCharts(folder, contents.charts);
};

/** Begins the name of a folder with a report that is not in its place yet; the number of its process comes next. */
const UNFINISHED = '.report-';

/** Returns the path of such a folder, and removes those that killed processes left. */
const unfinishedIn = async (parent: string, beginning: string): Promise<string> => {
  await removeLeftovers(parent, beginning);
  return join(parent, `${beginning}${process.pid}-${randomUUID()}`);
};

const writeFiles = async (folder: string, { charts, files }: ReportContents): Promise<void> => {
  await mkdir(join(folder, charts), { recursive: true });
  for (const [name, content] of files) writeDurably(join(folder, name), content);
};

const removeOtherCharts = async (folder: string, charts: string): Promise<void> => {
  for (const name of await readdir(join(folder, reportFiles.charts))) {
    const path = join(reportFiles.charts, name);
    if (path !== normalize(charts)) await rm(join(folder, path), { recursive: true, force: true });
  }
};

const writing = async (folder: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new ReportError(sentenceOf(cause, folder), { cause });
  }
};

const sentenceOf = (error: unknown, folder: string): string => {
  const advice =
    error instanceof RefusedFileError
      ? error.advice
      : 'make room or permit writing, or choose another folder';
  return systemErrorSentence(error, folder, 'to write a report here', advice);
};

/** The files of a report. */
interface ReportContents {
  /** The folder of its charts, named by their content: those of another report are in another. */
  readonly charts: string;
  /** The content by the name, in the order in which they are put into place: what refers to others comes after them. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

const filesOf = async (
  study: Study,
  runs: readonly StudyRun[],
  galleries: readonly ArmGallery[],
): Promise<ReportContents> => {
  const analysis = analyzeStudy(study, runs);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const blocks = buildReport(analysis, galleries, document as unknown as Document);
  // A single arm without dropout has the second hue.
  const pictures = new Map<string, string | Uint8Array>();
  for (const chart of blocks.flatMap((block) => (block.kind === 'charts' ? block.charts : []))) {
    const light = standaloneSvg(chart.svg, 'light');
    pictures.set(svgName(chart.name, 'light'), light);
    pictures.set(svgName(chart.name, 'dark'), standaloneSvg(chart.svg, 'dark'));
    pictures.set(`${chart.name}.png`, await pngOf(light, chart.isPhotographic));
  }
  const charts = `${reportFiles.charts}/${await nameOf(pictures)}`;
  const files = new Map<string, string | Uint8Array>();
  for (const [name, content] of pictures) files.set(`${charts}/${name}`, content);
  files
    .set(reportFiles.json, `${JSON.stringify(analysis, null, 2)}\n`)
    .set(reportFiles.curves, curvesCsv(runs))
    .set(reportFiles.metrics, metricsCsv(analysis))
    .set(
      reportFiles.markdown,
      markdownOf(blocks, (name, theme) => `${charts}/${svgName(name, theme)}`),
    )
    .set(reportFiles.html, htmlOf(blocks));
  return { charts, files };
};

const nameOf = async (pictures: ReadonlyMap<string, string | Uint8Array>): Promise<string> => {
  const digests = [...pictures].map(async ([name, content]) => `${await sha256(content)} ${name}`);
  return (await sha256((await Promise.all(digests)).join('\n'))).slice(0, 12);
};

/** Puts each file of a report into its place; when one cannot be put there, the earlier ones are put back. */
const replaceFiles = async (from: string, to: string, { charts, files }: ReportContents): Promise<void> => {
  const undo: (() => Promise<void>)[] = [];
  try {
    const made = await makeFolder(join(to, charts));
    if (made !== undefined) undo.unshift(() => rm(made, { recursive: true, force: true }));
    for (const name of files.keys()) {
      const [path, earlier] = [join(to, name), join(from, `${name}.earlier`)];
      const isThere = await keepIfThere(path, earlier);
      await rename(join(from, name), path);
      undo.unshift(() => (isThere ? rename(earlier, path) : rm(path, { force: true })));
    }
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
};

/** Copies a file, so that there is no moment without it. @throws RefusedFileError for anything else. */
const keepIfThere = async (path: string, copy: string): Promise<boolean> => {
  try {
    requireKind(basename(path), await lstat(path));
    await copyFile(path, copy);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

/** @param name Of a file of a report, or of the folder of its charts. */
const requireKind = (name: string, found: Stats): void => {
  if (name === reportFiles.charts ? found.isDirectory() : found.isFile()) return;
  throw new RefusedFileError(
    `${name} is ${kindOf(found)}, which no report replaces`,
    'remove it, or choose another folder',
  );
};

const svgName = (name: string, theme: ThemeName): string => `${name}-${theme}.svg`;

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
