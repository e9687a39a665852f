import { runFiles } from '@dropout-lab/runs';
import { counted } from '../format.ts';
import { freeName } from './free-name.ts';
import { giveRuns } from './give-run.ts';
import { unzip } from './unzip.ts';

/**
 * Opens the runs in a ZIP file, as the page for training downloads one: folders that have a `run.json`.
 *
 * @returns The names under which they are shown.
 * @throws An Error that says what was expected and found.
 */
export const openZip = async (file: File): Promise<string[]> => {
  const files = await unzip(file);
  const manifest = `/${runFiles.manifest}`;
  const folders = [...files.keys()].flatMap((path) =>
    `/${path}`.endsWith(manifest) ? path.slice(0, -runFiles.manifest.length) : [],
  );
  if (folders.length === 0) {
    throw new Error(
      `${file.name}: expected the folder of a run, with its ${runFiles.manifest}, found ${counted(files.size, 'other file')}: give the ZIP that “Download the run” has saved`,
    );
  }
  const runs = new Map<string, Record<string, Uint8Array>>();
  for (const folder of folders) {
    const own = [...files].filter(([path]) => path.startsWith(folder));
    const name = folder.split('/').at(-2) ?? file.name.replace(/\.zip$/i, '');
    runs.set(
      freeName(name, runs),
      Object.fromEntries(own.map(([path, content]) => [path.slice(folder.length), content])),
    );
  }
  await giveRuns(runs);
  return [...runs.keys()];
};
