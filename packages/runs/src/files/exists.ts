import { lstat } from 'node:fs/promises';
import { isNotFound } from '@dropout-lab/files/node';

/** Whether there is anything of that name, a link that leads nowhere included. @throws Error of the file system when that cannot be found out. */
export const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};
