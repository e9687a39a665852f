import { existsSync } from 'node:fs';
import { access, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import { isFileError, makeFolder, requireFolderPlace, systemErrorSentence } from '@dropout-lab/files/node';
import { DIGEST_FILE, isCorrupt } from '../shared/runs/catalogue.ts';
import { reportAddress } from '../shared/runs/studies.ts';
import { catalogueToJson } from '../shared/runs/summary.ts';
import { siteFolder } from '../site-folder.ts';
import { type FileInParts, NO_LIMIT, openConfined } from './confined.ts';
import { ViewerError } from './errors.ts';
import { rootOf } from './find-runs.ts';
import { findImages, imageFiles } from './images.ts';
import { openRunFiles, servedRunFiles } from './run-files.ts';
import { openReport, reportsBeside } from './studies.ts';
import { watchRuns } from './watch-runs.ts';

/** The runs to export, and the place to export them to. */
export interface ExportOptions {
  /** The folder whose runs are exported, or a single run's. */
  readonly runsFolder: string;
  /** The folder for the files, which is empty or does not exist yet. */
  readonly output: string;
  /** Whether the files of the data sets (the official ones of some 180 MB each) are copied too, so that pages can show and train on them. */
  readonly images?: boolean;
  readonly dataFolder?: string;
  /** The folder of the folders of studies' reports, which are copied too; `reports` beside the folder of runs by default. */
  readonly reportsFolder?: string;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** Passes on what the system refuses as an error in a sentence. */
const orSentence = async <T>(
  path: string,
  work: () => Promise<T>,
  Kind: typeof DropoutLabError = DropoutLabError,
): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    const advice = 'make room there, or choose another folder';
    throw new Kind(systemErrorSentence(cause, path, 'to write an export', advice), { cause });
  }
};

/**
 * Writes the viewer's pages and the runs of a folder as plain files, for any web server. A failure leaves nothing of it.
 *
 * @returns The number of runs.
 * @throws ViewerError, before anything is written, when the output folder has something in it or has no place, or the folder
 *   of runs cannot be read; DropoutLabError when the system refuses to write.
 */
export const exportViewer = async ({
  runsFolder,
  output,
  images = false,
  dataFolder,
  reportsFolder: reports,
  signal,
}: ExportOptions): Promise<number> => {
  const there = await orSentence(
    output,
    async () => {
      await requireFolderPlace(output);
      return existsSync(output) ? readdir(output) : [];
    },
    ViewerError,
  );
  if (there.length > 0) {
    throw new ViewerError(
      `${output}: expected an empty folder or none, found ${there[0]} in it: choose another`,
    );
  }
  await access(runsFolder).catch((cause) => {
    throw new ViewerError(
      `${runsFolder}: expected a folder of runs, found none: give the folder that has them`,
      { cause },
    );
  });
  const { root, only } = await rootOf(runsFolder);
  const reportsFolder = reports ?? reportsBeside(root);
  const datasets = images ? await findImages(dataFolder) : [];
  const watcher = watchRuns(root, { place: 'an export', images: datasets, dataFolder, reportsFolder, only });
  await watcher.refresh();
  watcher.close();
  const ownImages = new Map(images ? watcher.ownImages().map((file) => [file.name, file] as const) : []);
  const runs = watcher.runs().map((run) => {
    if (isCorrupt(run)) return run;
    const { hasImages, ...rest } = run;
    return { ...rest, isBeingWritten: false, ...(images && hasImages && { hasImages }) };
  });

  const made = await orSentence(output, () => makeFolder(output));
  const write = (path: string, content: string | FileInParts['parts']): Promise<void> =>
    orSentence(path, async () => {
      signal?.throwIfAborted();
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { signal });
    });
  const copy = async (
    opened: readonly (FileInParts | undefined)[],
    to: (index: number) => string,
  ): Promise<void> => {
    try {
      for (const [i, file] of opened.entries()) if (file) await write(to(i), file.parts);
    } finally {
      for (const file of opened) await file?.close();
    }
  };
  try {
    await orSentence(output, () => cp(siteFolder, output, { recursive: true }));
    for (const run of runs) {
      if (isCorrupt(run)) continue;
      await write(join(output, 'runs', run.name, DIGEST_FILE), JSON.stringify(run));
      for (const files of servedRunFiles) {
        const opened = await openRunFiles(root, run, files);
        await copy(opened, (i) => join(output, 'runs', run.name, files[i]!));
      }
    }
    const official = [...imageFiles(dataFolder)].filter(([name]) => datasets.includes(name.split('/')[0]!));
    for (const [name, { folder, path }] of [...official, ...ownImages]) {
      await copy([await openConfined(folder, path, undefined, NO_LIMIT)], () => join(output, 'data', name));
    }
    const studies = watcher.studies();
    for (const { name } of studies.filter(({ hasReport }) => hasReport)) {
      await copy([await openReport(reportsFolder, name)], () => join(output, reportAddress(name)));
    }
    const catalogue = catalogueToJson({ live: false, place: 'an export', runs, images: datasets, studies });
    await write(join(output, 'runs', 'catalogue.json'), catalogue);
  } catch (error) {
    // What is left of it would be in the way of the next one.
    const parts = made === undefined ? await readdir(output) : [resolve(made)];
    for (const part of parts) await rm(resolve(output, part), { recursive: true, force: true });
    throw signal?.aborted ? signal.reason : error;
  }
  return runs.length;
};
