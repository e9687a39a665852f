import type { Stats } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isNotFound, systemErrorCode } from './system-error.ts';

/**
 * Makes a folder, and those above it that are missing. Unlike `mkdir` of Node with `recursive`, it also ends where the
 * system lets nobody make a folder and says that it does not exist, as below `/proc`.
 *
 * @returns The topmost folder that was made; undefined when all were there.
 * @throws Error of the file system, also when a file is in the place of one of them.
 */
export const makeFolder = async (path: string): Promise<string | undefined> => {
  const missing: string[] = [];
  let place = resolve(path);
  let found = await lookAt(place);
  while (found === undefined && dirname(place) !== place) {
    missing.push(place);
    place = dirname(place);
    found = await lookAt(place);
  }
  // For the system's own error.
  if (missing.length === 0 && !found?.isDirectory()) await mkdir(place);
  for (const folder of missing.toReversed()) await makeOne(folder);
  return missing.at(-1);
};

const lookAt = async (path: string): Promise<Stats | undefined> => {
  try {
    return await stat(path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

/** Another process may have made it by now. */
const makeOne = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    const isMade = systemErrorCode(error) === 'EEXIST' && (await lookAt(path))?.isDirectory();
    if (!isMade) throw error;
  }
};
