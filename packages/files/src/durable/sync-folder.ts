import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a folder's entries (what was created, renamed or removed in it) durable.
 *
 * @throws Error of the file system.
 */
export const syncFolder = async (path: string): Promise<void> => {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** {@link syncFolder} of a folder and of all below it, the lowest first. @throws Error of the file system. */
export const syncFolders = async (path: string): Promise<void> => {
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  await syncFolder(path);
};
