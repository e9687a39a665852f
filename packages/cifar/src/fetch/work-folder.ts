import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '@dropout-lab/files/node';
import { keepLonger, makeFolder, storing } from './storage.ts';

const PREFIX = 'tmp-';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

const host = hostname().replaceAll(/[^\w.]/g, '_');

/** A folder is abandoned when its process is gone or, on another host of a shared cache, after a day. */
const isAbandoned = async (directory: string, name: string): Promise<boolean> => {
  const [owner, pid] = name.slice(PREFIX.length).split('-');
  if (owner === host) return !isProcessAlive(Number(pid));
  const age = await stat(join(directory, name)).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > ABANDONED_AFTER_MS;
};

/** Clears what killed processes left behind, but keeps the download `keep` as `<keep>.partial`, to be continued. */
const sweep = async (directory: string, keep: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(PREFIX) || !(await isAbandoned(directory, name))) continue;
    await keepLonger(join(directory, name, keep), join(directory, `${keep}.partial`));
    await rm(join(directory, name), { recursive: true, force: true });
  }
};

/**
 * Runs `work` with a folder of its own inside `directory` (same file system, so a rename out of it is atomic),
 * and removes it afterwards.
 *
 * @param keep Name of the file that is worth keeping from a killed process's folder.
 */
export const withWorkFolder = async <T>(
  directory: string,
  keep: string,
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  await makeFolder(directory);
  const folder = await storing(directory, async () => {
    await sweep(directory, keep);
    return mkdtemp(join(directory, `${PREFIX}${host}-${process.pid}-`));
  });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
