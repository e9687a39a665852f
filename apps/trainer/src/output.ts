import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import {
  isFileError,
  makeFolder,
  replaceableFile,
  requireFilePlace,
  requireFolderPlace,
  syncFolder,
  systemErrorCode,
  systemErrorSentence,
  writeDurably,
  writeFolderDurably,
} from '@dropout-lab/files/node';

const elsewhere = 'choose another place';

/** A file or a folder that a command makes. */
export interface Output {
  /** The option that names it: `--output`. */
  readonly option: string;
  readonly place: string;
}

/**
 * Refuses a file that could not be written, before there is work to do for it: its folder cannot be made or written, or
 * something that is no regular file is there.
 *
 * @throws ConfigError
 */
export const requireNewFile = (output: Output): Promise<void> =>
  refusing(output, 'to write a file', () => requireFilePlace(output.place));

/**
 * Writes a file that {@link requireNewFile} has let pass, and the folders above it. One that is there is replaced.
 *
 * @throws DropoutLabError when the system refuses it.
 */
export const writeFile = ({ option, place }: Output, content: string | Uint8Array): Promise<void> =>
  writing({ option, place }, 'to write a file', elsewhere, async () => {
    await makeFolder(dirname(resolve(place)));
    writeDurably(await replaceableFile(place), content);
  });

/**
 * Refuses a folder that is not empty, or could not be made or written.
 *
 * @throws ConfigError
 */
export const requireNewFolder = (output: Output): Promise<void> =>
  refusing(output, 'an empty folder or none', async () => {
    await requireFolderPlace(output.place);
    requireEmpty(output, await entriesOf(output.place));
  });

const requireEmpty = ({ option, place }: Output, [found]: readonly string[]): void => {
  if (found === undefined) return;
  throw new ConfigError(
    `${option} ${place}: expected an empty folder or none, found ${found} in it: ${elsewhere}, or remove it`,
  );
};

/** Refuses a folder that could not be made, or written. @throws ConfigError */
export const requireFolder = (output: Output): Promise<void> =>
  refusing(output, 'a folder to write to', () => requireFolderPlace(output.place));

/**
 * Writes a folder that {@link requireNewFolder} has let pass. It gets its name when it is whole; one that is there already,
 * and may be a disk of its own, gets its files then.
 *
 * @param write Writes files into the folder of the given path, each synced.
 * @param aim The aim, for the error: `to write a folder`.
 * @throws DropoutLabError when the system refuses it, or what `write` throws; nothing is left then.
 */
export const writeNewFolder = (
  { option, place }: Output,
  write: (folder: string) => Promise<void>,
  aim = 'to write a folder',
  advice = elsewhere,
): Promise<void> =>
  writing({ option, place }, aim, advice, async () => {
    const path = resolve(place);
    await makeFolder(dirname(path));
    if (!existsSync(path)) return writeFolderDurably(path, write);
    const name = `.tmp-${randomBytes(4).toString('hex')}`;
    const unfinished = join(path, name);
    const putInPlace = async (): Promise<void> => {
      const others = (await entriesOf(path)).filter((entry) => entry !== name);
      requireEmpty({ option, place }, others);
      await moveAll(unfinished, path);
    };
    return writeFolderDurably(path, write, { unfinished, putInPlace });
  });

const entriesOf = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  });

/** Moves what is in a folder into another one, or nothing of it. */
const moveAll = async (from: string, to: string): Promise<void> => {
  const moved: string[] = [];
  try {
    for (const name of await readdir(from)) {
      await rename(join(from, name), join(to, name));
      moved.push(name);
    }
    await syncFolder(to);
  } catch (error) {
    for (const name of moved) await rm(join(to, name), { recursive: true, force: true });
    throw error;
  }
};

/** {@link writeNewFolder} of files by their paths. */
export const writeFiles = (folder: Output, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> =>
  writeNewFolder(folder, async (unfinished) => {
    for (const [path, content] of files) {
      const file = join(unfinished, path);
      await makeFolder(dirname(file));
      writeDurably(file, content);
    }
  });

const refusing = async (
  { option, place }: Output,
  expected: string,
  look: () => Promise<unknown>,
): Promise<void> => {
  try {
    await look();
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new ConfigError(systemErrorSentence(cause, `${option} ${place}`, expected, elsewhere), [], {
      cause,
    });
  }
};

const writing = async (
  { option, place }: Output,
  aim: string,
  advice: string,
  write: () => Promise<void>,
): Promise<void> => {
  try {
    await write();
  } catch (cause) {
    if (!isFileError(cause)) throw cause;
    throw new DropoutLabError(systemErrorSentence(cause, `${option} ${place}`, aim, advice), { cause });
  }
};
