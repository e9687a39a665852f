import { runFiles } from '@dropout-lab/runs';
import { unzipSync } from 'fflate';
import { overviews } from '../state.ts';
import { giveRun } from './give-run.ts';

/** The longest archive that is opened, in bytes, and the longest file in it. */
const LARGEST = 512 * 2 ** 20;
const LARGEST_FILE = 256 * 2 ** 20;
/** The most files; a run has a dozen. */
const MOST_FILES = 2000;

/**
 * Opens the runs in a ZIP file, as the page for training downloads one: folders that have a `run.json`.
 *
 * @returns The names under which they are shown.
 * @throws An Error that says what was expected and found.
 */
export const openZip = async (file: File): Promise<string[]> => {
  if (file.size > LARGEST) {
    throw new Error(
      `${file.name}: expected at most ${LARGEST} bytes, found ${file.size}: unpack it and show its folder with dropout-lab view`,
    );
  }
  const files = filesIn(file.name, new Uint8Array(await file.arrayBuffer()));
  const manifest = `/${runFiles.manifest}`;
  const folders = Object.keys(files).flatMap((path) =>
    `/${path}`.endsWith(manifest) ? path.slice(0, -runFiles.manifest.length) : [],
  );
  if (folders.length === 0) {
    throw new Error(
      `${file.name}: expected the folder of a run, with its ${runFiles.manifest}, found ${Object.keys(files).length} other files: give the ZIP that “Download the run” has saved`,
    );
  }
  const names: string[] = [];
  for (const folder of folders) {
    const own = Object.entries(files).filter(([path]) => path.startsWith(folder));
    const name = nameFor(folder.split('/').at(-2) ?? file.name.replace(/\.zip$/i, ''));
    await giveRun(
      name,
      Object.fromEntries(own.map(([path, content]) => [path.slice(folder.length), content])),
    );
    names.push(name);
  }
  return names;
};

const filesIn = (name: string, bytes: Uint8Array): Record<string, Uint8Array> => {
  let count = 0;
  let size = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name: path, originalSize }) => {
        if (path.endsWith('/')) return false;
        size += originalSize;
        if (++count > MOST_FILES || originalSize > LARGEST_FILE || size > LARGEST) {
          throw new Error(`more than ${MOST_FILES} files or ${LARGEST} bytes`);
        }
        return true;
      },
    });
  } catch (error) {
    throw new Error(
      `${name}: expected a ZIP file of a run, found one that cannot be unpacked (${(error as Error).message}): download it again`,
      { cause: error },
    );
  }
};

/** Returns a name that no run of the folder has. */
const nameFor = (name: string): string =>
  overviews.peek().some((overview) => overview.name === name) ? `${name} (dropped here)` : name;
