import { cp, mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Catalogue, isCorrupt } from '../shared/runs/catalogue.ts';
import { siteFolder } from '../site-folder.ts';
import { readConfined } from './confined.ts';
import { ViewerError } from './errors.ts';
import { findImages, imageFiles } from './images.ts';
import { servedRunFiles } from './run-files.ts';
import { watchRuns } from './watch-runs.ts';

/** The runs to export, and the folder to export them to. */
export interface ExportOptions {
  readonly runsFolder: string;
  /** The folder for the files, which is empty or does not exist yet. */
  readonly output: string;
  /** Whether the official files of the data sets (some 180 MB each) are copied too, so that pages can show and train on them. */
  readonly images?: boolean;
  readonly dataFolder?: string;
}

const LARGEST_RUN_FILE = 512 * 2 ** 20;

/**
 * Writes the viewer's pages and the runs of a folder as plain files, for any web server.
 *
 * @returns The number of runs.
 * @throws ViewerError when the output folder has something in it, or the folder of runs cannot be read.
 */
export const exportViewer = async ({
  runsFolder,
  output,
  images = false,
  dataFolder,
}: ExportOptions): Promise<number> => {
  const there = await readdir(output).catch(() => []);
  if (there.length > 0) {
    throw new ViewerError(
      `${output}: expected an empty folder or none, found ${there[0]} in it: choose another`,
    );
  }
  const root = await realpath(runsFolder).catch((cause) => {
    throw new ViewerError(
      `${runsFolder}: expected a folder of runs, found none: give the folder that has them`,
      {
        cause,
      },
    );
  });
  const datasets = images ? await findImages(dataFolder) : [];
  const watcher = watchRuns(root, { place: 'an export', images: datasets });
  await watcher.refresh();
  const { runs } = watcher.catalogue();
  watcher.close();

  await mkdir(output, { recursive: true });
  await cp(siteFolder, output, { recursive: true });
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  };
  for (const run of runs.filter((run) => !isCorrupt(run))) {
    for (const file of servedRunFiles) {
      const read = await readConfined(root, join(root, run.name, file), { limit: LARGEST_RUN_FILE });
      if (read) await write(join(output, 'runs', run.name, file), read.bytes);
    }
  }
  for (const [name, { path }] of imageFiles(dataFolder)) {
    if (datasets.includes(name.split('/')[0]!)) {
      await mkdir(dirname(join(output, 'data', name)), { recursive: true });
      await cp(path, join(output, 'data', name));
    }
  }
  const still = runs.map((run) => (isCorrupt(run) ? run : { ...run, isBeingWritten: false }));
  const catalogue: Catalogue = { live: false, place: 'an export', runs: still, images: datasets };
  await write(join(output, 'runs', 'catalogue.json'), JSON.stringify(catalogue));
  return runs.length;
};
