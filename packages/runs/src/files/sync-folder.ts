import { open } from 'node:fs/promises';

/** Makes a folder's entries (what was created, renamed or removed in it) durable. */
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
