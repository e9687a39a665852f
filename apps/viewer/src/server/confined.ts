import { constants, type Stats } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';

/** Returns whether a real path is the folder or lies in it. */
const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** A file that could be read, or part of it. */
interface ConfinedFile {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly stats: Stats;
}

/**
 * Reads a file of a folder from `offset` on, unless it is a symbolic link, lies behind one that leads out of the
 * folder, is no regular file, or is longer than `limit` bytes.
 *
 * @param root The folder's real path.
 * @returns Undefined where there is no such file.
 */
export const readConfined = async (
  root: string,
  path: string,
  { offset = 0, limit }: { readonly offset?: number; readonly limit: number },
): Promise<ConfinedFile | undefined> => {
  const folder = await realpath(dirname(path)).catch(() => undefined);
  if (folder === undefined || !isWithin(root, folder)) return undefined;
  // Without O_NONBLOCK, opening a named pipe would wait for its writer.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > limit) return undefined;
    const bytes = Buffer.alloc(Math.max(0, stats.size - offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return { bytes: bytes.subarray(0, bytesRead), stats };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
};
