import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isUnfinished, runFiles } from '@dropout-lab/runs';

/** Runs are in `runs/`, those of studies in `runs/studies/`; `--run-dir` and `--store` may name deeper folders. */
const DEPTH = 4;

/** Folders that are never runs. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || name === 'node_modules' || isUnfinished(name);

/**
 * Returns the folders below `root` that are a run, or what is left of one, by their path relative to it with forward
 * slashes. Symbolic links are not followed.
 *
 * @param root A real path.
 * @param only The one folder that is looked at, which may be hidden; all below `root` when left out.
 */
export const findRuns = async (root: string, only?: string): Promise<string[]> => {
  const found: string[] = [];
  const look = async (name: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, name), { withFileTypes: true }).catch(() => []);
    const files = new Set(entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name));
    if (name !== '' && (files.has(runFiles.manifest) || files.has(runFiles.events))) {
      found.push(name);
      return;
    }
    if (depth === DEPTH) return;
    const folders = entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name));
    await Promise.all(
      folders.map((entry) => look(name === '' ? entry.name : `${name}/${entry.name}`, depth + 1)),
    );
  };
  if (only === undefined) await look('', 0);
  else await look(only, DEPTH);
  return found.sort();
};

/** Returns the folder to watch, and the one run in it where the given folder is a run itself. */
export const rootOf = async (runsFolder: string): Promise<{ root: string; only: string | undefined }> => {
  const root = await realpath(runsFolder).catch(() => resolve(runsFolder));
  const isRun = await stat(join(root, runFiles.manifest)).then(
    (file) => file.isFile(),
    () => false,
  );
  return isRun ? { root: dirname(root), only: basename(root) } : { root, only: undefined };
};
