import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import {
  isNotFound,
  makeFolder,
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

/** @throws ConfigError unless the folder does not exist or is empty. */
export const requireNewFolder = async (place: string): Promise<void> => {
  const [found] = await readdir(place).catch((cause) => {
    if (isNotFound(cause)) return [];
    throw new ConfigError(
      systemErrorSentence(cause, `--output ${place}`, 'an empty folder or none', elsewhere),
      [],
      { cause },
    );
  });
  if (found === undefined) return;
  throw new ConfigError(
    `--output ${place}: expected an empty folder or none, found ${found} in it: ${elsewhere}, or remove it`,
  );
};

/**
 * Writes the files of a folder that {@link requireNewFolder} has let pass. The folder gets its name when it is whole.
 *
 * @throws DropoutLabError when the system refuses it; nothing is left then.
 */
export const writeFolder = async (
  place: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> => {
  const path = resolve(place);
  try {
    await makeFolder(dirname(path));
    await writeFolderDurably(path, async (unfinished) => {
      for (const [name, content] of files) {
        const file = join(unfinished, name);
        await makeFolder(dirname(file));
        writeDurably(file, content);
      }
      // An empty one would be in the way on Windows.
      await rmdir(path).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    });
  } catch (cause) {
    throw new DropoutLabError(
      systemErrorSentence(cause, `--output ${place}`, 'to write a folder', elsewhere),
      { cause },
    );
  }
};
