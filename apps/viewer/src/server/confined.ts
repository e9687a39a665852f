import { openRegularFile, type RegularFile, readRegularFile } from '@dropout-lab/files/node';

/** A file that is open, and read a part at a time. Whoever has it closes it. */
export interface FileInParts {
  /** Of the whole file. */
  readonly size: number;
  /** The bytes that {@link FileInParts.parts} are; left out where they are all. */
  readonly range?: ByteRange | undefined;
  /** Of the file that was opened, also when another takes its place meanwhile. @throws Error when it is cut off. */
  readonly parts: AsyncIterable<Uint8Array> | readonly Uint8Array[];
  readonly close: () => Promise<void>;
}

/** The first and the last byte of a part of a file. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Returns a text as a file. */
export const ofText = (text: string): FileInParts => {
  const bytes = Buffer.from(text);
  return { size: bytes.length, parts: [bytes], close: async () => {} };
};

/** The longest file of a run that is served: a page loads it whole. */
const LARGEST_FILE = 512 * 2 ** 20;
/** The limit of files that pages read in parts. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const PART = 2 ** 20;

/**
 * Opens a file of a folder, unless it is a symbolic link, lies behind one that leads out of the folder, is no regular
 * file, cannot be read, or is too long. However long it is and however slowly it is taken, a part of it is in memory.
 *
 * @param root The folder's real path.
 * @param range The part that is read, which may end behind the file's end; all of it when left out.
 * @param limit The longest file that is opened, in bytes.
 * @returns Undefined where there is no such file.
 */
export const openConfined = async (
  root: string,
  path: string,
  range?: ByteRange,
  limit = LARGEST_FILE,
): Promise<FileInParts | undefined> => {
  const file = await openRegularFile(path, { within: root, limit }).catch(() => undefined);
  if (!file) return undefined;
  const { size } = file.stats;
  const [start, end] = [range?.first ?? 0, Math.min(size, (range?.last ?? size) + 1)];
  const parts = async function* () {
    for (let offset = start; offset < end; ) {
      const bytes = await file.read(offset, Math.min(PART, end - offset));
      if (bytes.length === 0) throw new Error(`${path} was cut off`);
      yield bytes;
      offset += bytes.length;
    }
  };
  return { size, range: range && { first: start, last: end - 1 }, parts: parts(), close: file.close };
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
