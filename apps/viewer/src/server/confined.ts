import { type ReadOptions, type RegularFile, readRegularFile } from '@dropout-lab/files/node';

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
  options: Omit<ReadOptions, 'within'>,
): Promise<RegularFile | undefined> =>
  readRegularFile(path, { ...options, within: root }).catch(() => undefined);
