import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'tmp-';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Runs `work` with a folder of its own inside `parent` (the same file system, so a rename out of it is atomic),
 * which is gone afterwards, whether the work ends, fails or is interrupted.
 *
 * @template T
 * @param {string} parent
 * @param {(folder: string) => Promise<T>} work
 */
export const withStaging = async (parent, work) => {
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const folder = await mkdtemp(join(parent, PREFIX));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
};

/** Removes the folders that killed processes left behind. @param {string} parent */
const sweep = async (parent) => {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true });
  }
};
