import { type FileHandle, open } from 'node:fs/promises';

const withFile = async (path: string, flags: string, use: (file: FileHandle) => Promise<void>) => {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
};

/** Writes a new file; on the disk, not only on its way, when the promise resolves. */
export const writeDurably = (path: string, content: string | Uint8Array): Promise<void> =>
  withFile(path, 'wx', async (file) => {
    await file.writeFile(content);
    await file.sync();
  });

/** Makes a folder's entries (what was created, renamed or removed in it) durable. */
export const syncFolder = async (path: string): Promise<void> => {
  // Windows opens no folders, and needs none of this.
  if (process.platform !== 'win32') await withFile(path, 'r', (folder) => folder.sync());
};
