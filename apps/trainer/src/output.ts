import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import {
  isNotFound,
  makeFolder,
  systemErrorCode,
  systemErrorSentence,
  writeDurably,
  writeFolderDurably,
} from '@dropout-lab/files/node';

const elsewhere = 'choose another place';

/** Writes a file. @throws DropoutLabError when the system refuses it. */
export const writeFile = (place: string, content: Uint8Array): void => {
  try {
    writeDurably(place, content);
  } catch (cause) {
    throw new DropoutLabError(systemErrorSentence(cause, `--output ${place}`, 'to write a file', elsewhere), {
      cause,
    });
  }
};

/** A folder that a command makes. */
export interface NewFolder {
  /** The option that names it: `--output`. */
  readonly option: string;
  readonly place: string;
}

/**
 * Refuses a folder that exists and is not empty, or lies below a file.
 *
 * @throws ConfigError
 */
export const requireNewFolder = async ({ option, place }: NewFolder): Promise<void> => {
  const [found] = await readdir(place).catch((cause) => {
    if (systemErrorCode(cause) === 'ENOENT') return [];
    throw new ConfigError(
      systemErrorSentence(cause, `${option} ${place}`, 'an empty folder or none', elsewhere),
      [],
      { cause },
    );
  });
  if (found === undefined) return;
  throw new ConfigError(
    `${option} ${place}: expected an empty folder or none, found ${found} in it: ${elsewhere}, or remove it`,
  );
};

/**
 * Writes a folder that {@link requireNewFolder} has let pass. It gets its name when it is whole.
 *
 * @param write Writes files into the folder of the given path, each synced.
 * @param aim The aim, for the error: `to write a folder`.
 * @throws DropoutLabError when the system refuses it, or what `write` throws; nothing is left then.
 */
export const writeNewFolder = async (
  { option, place }: NewFolder,
  write: (folder: string) => Promise<void>,
  aim = 'to write a folder',
  advice = elsewhere,
): Promise<void> => {
  const path = resolve(place);
  try {
    await makeFolder(dirname(path));
    await writeFolderDurably(path, async (unfinished) => {
      await write(unfinished);
      // An empty one would be in the way on Windows.
      await rmdir(path).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    });
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    throw new DropoutLabError(systemErrorSentence(cause, `${option} ${place}`, aim, advice), { cause });
  }
};

/** {@link writeNewFolder} of files by their paths. */
export const writeFiles = (
  folder: NewFolder,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> =>
  writeNewFolder(folder, async (unfinished) => {
    for (const [path, content] of files) {
      const file = join(unfinished, path);
      await makeFolder(dirname(file));
      writeDurably(file, content);
    }
  });
