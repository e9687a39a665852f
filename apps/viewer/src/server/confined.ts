import { type RegularFile, readRegularFile } from '@dropout-lab/files/node';

/** A file that is read a part at a time. */
export interface FileInParts {
  readonly size: number;
  /** @throws Error when the file is replaced meanwhile. */
  readonly parts: AsyncIterable<Uint8Array> | readonly Uint8Array[];
}

/** Returns a text as a file. */
export const ofText = (text: string): FileInParts => {
  const bytes = Buffer.from(text);
  return { size: bytes.length, parts: [bytes] };
};

/** The longest file of a run that is served. */
const LARGEST_FILE = 512 * 2 ** 20;
const PART = 2 ** 20;

/**
 * Opens a file of a folder, unless it is a symbolic link, lies behind one that leads out of the folder, is no regular
 * file, cannot be read, or is too long. However long it is and however slowly it is taken, a part of it is in memory.
 *
 * @param root The folder's real path.
 * @returns Undefined where there is no such file.
 */
export const openConfined = async (root: string, path: string): Promise<FileInParts | undefined> => {
  const read = (offset: number): Promise<RegularFile> =>
    readRegularFile(path, { within: root, limit: LARGEST_FILE, offset, length: PART });
  const first = await read(0).catch(() => undefined);
  if (!first) return undefined;
  const { size } = first.stats;
  const parts = async function* () {
    yield first.bytes;
    for (let offset = first.bytes.length; offset < size; ) {
      const { bytes, stats } = await read(offset);
      if (signatureOf(stats) !== signatureOf(first.stats)) throw new Error(`${path} was replaced`);
      yield bytes;
      offset += bytes.length;
    }
  };
  return { size, parts: parts() };
};

/** Whether {@link openConfined} opens the file. */
export const isServable = (root: string, path: string): Promise<boolean> =>
  readRegularFile(path, { within: root, limit: LARGEST_FILE, length: 0 }).then(
    () => true,
    () => false,
  );

/** Returns a text that changes when a file does, or its permissions. */
export const signatureOf = ({ dev, ino, size, ctimeMs }: RegularFile['stats']): string =>
  `${dev}/${ino}/${size}/${ctimeMs}`;
