import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../is-process-alive.ts';

/**
 * Removes the files and folders that killed processes left unfinished: those whose name is `beginning` and the number of a
 * process of this machine that has ended.
 *
 * @throws Error of the file system.
 */
export const removeLeftovers = async (folder: string, beginning: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(beginning) ? Number.parseInt(name.slice(beginning.length), 10) : Number.NaN;
    if (pid > 0 && !isProcessAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
};
