import { createHash, type Hash } from 'node:crypto';
import { openSync, read, readSync } from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError, DropoutLabError, type ImageDataset, type OwnImages } from '@dropout-lab/contracts';
import {
  cacheDirectory,
  isNotFound,
  makeFolder,
  systemErrorSentence,
  writeByDigest,
} from '@dropout-lab/files/node';
import type { ImageLimits, LoadedDataset } from '../loaded-dataset.ts';
import type { StoredDataset, StoredPixels } from '../stored-dataset.ts';
import {
  headerBytes,
  IMAGES_FOLDER,
  type ImageFileHeader,
  imageFileLayout,
  imageFileName,
  labelBytes,
  type SplitInFile,
  splitsInFile,
} from './image-file-format.ts';

/** Of a header: names of 4,096 classes of 200 characters, each four bytes or an escape of six. */
const MOST_HEADER_BYTES = 2 ** 23;
const CHUNK = 2 ** 22;
const EXTENSION = '.bin';

/** Returns the folder of prepared images in the cache. */
export const imagesFolder = (cache = cacheDirectory()): string => join(cache, IMAGES_FOLDER);

/** Returns the place of prepared images in the cache. */
export const imageFilePath = (sha256: string, cache = cacheDirectory()): string =>
  join(cache, imageFileName(sha256));

/**
 * Writes prepared images into the cache: whole, or not at all.
 *
 * @param labels One for each image, training images first.
 * @param pixels Parts of the pixels, in order.
 * @returns Their SHA-256.
 * @throws DropoutLabError when the cache cannot be written.
 */
export const writeImageFile = async (
  header: ImageFileHeader,
  labels: Uint16Array,
  pixels: AsyncIterable<Uint8Array>,
  cache: string | undefined,
): Promise<string> => {
  const folder = imagesFolder(cache);
  try {
    await makeFolder(folder);
    return await writeByDigest(folder, partsOf(header, labels, pixels), EXTENSION);
  } catch (error) {
    throw asStorageError(error, folder);
  }
};

const partsOf = async function* (
  header: ImageFileHeader,
  labels: Uint16Array,
  pixels: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield headerBytes(header);
  yield labelBytes(labels);
  yield* pixels;
};

/** Passes on what is no error of the file system. */
export const asStorageError = (error: unknown, folder: string): unknown =>
  (error as NodeJS.ErrnoException)?.syscall === undefined
    ? error
    : new DropoutLabError(
        systemErrorSentence(
          error,
          folder,
          'to write prepared images',
          'free some space, or set DROPOUT_LAB_CACHE to another folder',
        ),
        { cause: error },
      );

/** Where prepared images are, and how many are wanted. */
export interface LoadPreparedOptions {
  /** Only so many are loaded; all are compared with their digest. */
  readonly limits?: ImageLimits | undefined;
  /** The folder of the cache; `cacheDirectory()` of @dropout-lab/files by default. */
  readonly cacheDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads prepared images from the cache and compares them with their digest.
 *
 * @returns Undefined when they are not there.
 * @throws ConfigError when they are damaged, or other than described.
 */
export const readImageFile = async (
  images: OwnImages,
  { limits = {}, cacheDirectory: cache, signal }: LoadPreparedOptions = {},
): Promise<LoadedDataset | undefined> => {
  const opened = await openFile(images, cache);
  if (opened === undefined) return undefined;
  const { path, file, hash, labels, imageSize } = opened;
  try {
    const splits = splitsInFile(images, labels, limits);
    const load = async ({ first: _, ...split }: SplitInFile, n: number): Promise<ImageDataset> => {
      const pixels = new Uint8Array(split.labels.length * imageSize);
      await fill(file, hash, pixels, signal);
      await skip(file, hash, n * imageSize - pixels.length, signal);
      return { images: pixels, ...split };
    };
    const train = await load(splits.train, images.trainImages);
    const test = await load(splits.test, images.testImages);
    requireDigest(path, hash, images);
    return { train, test, sha256: { images: images.sha256 }, source: 'cache' };
  } finally {
    await file.close();
  }
};

/** Prepared images that stay in their file. */
export interface OpenedImages {
  /** The class of each image, training images first. */
  readonly labels: Uint16Array;
  /** Reads the pixels of so many images from one on. @throws ConfigError when the file was cut off meanwhile. */
  readonly read: (first: number, count: number) => Promise<Uint8Array>;
  /** Closes the file. */
  readonly close: () => Promise<void>;
}

/**
 * Opens prepared images in the cache, compared with their digest, to be read a few at a time.
 *
 * @returns Undefined when they are not there.
 * @throws ConfigError when they are damaged, or other than described.
 */
export const openImageFile = async (
  images: OwnImages,
  { cacheDirectory: cache, signal }: Omit<LoadPreparedOptions, 'limits'> = {},
): Promise<OpenedImages | undefined> => {
  const opened = await openCompared(images, cache, signal);
  if (opened === undefined) return undefined;
  const { path, file, labels, imageSize, pixelsAt } = opened;
  return {
    labels,
    read: async (first, count) => {
      const pixels = new Uint8Array(count * imageSize);
      const { bytesRead } = await file.read(pixels, 0, pixels.length, pixelsAt + first * imageSize);
      if (bytesRead === pixels.length) return pixels;
      throw damaged(path, `${labels.length} images`, 'it cut off');
    },
    close: () => file.close(),
  };
};

/** Opens a file of prepared images as {@link openFile} does, and compares it with its digest. */
const openCompared = async (
  images: OwnImages,
  cache: string | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedFile | undefined> => {
  const opened = await openFile(images, cache);
  if (opened === undefined) return undefined;
  const { path, file, hash, labels, imageSize } = opened;
  try {
    await skip(file, hash, labels.length * imageSize, signal);
    requireDigest(path, hash, images);
    return opened;
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Images of a split that are read when they are asked for. */
export interface StoredImages {
  readonly train: StoredDataset;
  readonly test: StoredDataset;
  readonly sha256: LoadedDataset['sha256'];
}

/**
 * Opens prepared images in the cache, compared with their digest, so that batches can be cut of more than would fit into the
 * memory. The file stays open until the program ends.
 *
 * @returns Undefined when they are not there.
 * @throws ConfigError when they are damaged, or other than described.
 */
export const openStoredImages = async (
  images: OwnImages,
  { cacheDirectory: cache, signal }: Omit<LoadPreparedOptions, 'limits'> = {},
): Promise<StoredImages | undefined> => {
  const opened = await openCompared(images, cache, signal);
  if (opened === undefined) return undefined;
  const { path, file, labels, imageSize, pixelsAt } = opened;
  // One that is never closed may not be a FileHandle.
  await file.close();
  const pixels = pixelsIn(openSync(path, 'r'), path, { imageSize, pixelsAt });
  const { train, test } = splitsInFile(images, labels);
  const stored = ({ first, ...split }: SplitInFile): StoredDataset => ({
    ...split,
    pixels,
    places: Uint32Array.from(split.labels, (_, i) => first + i),
  });
  return { train: stored(train), test: stored(test), sha256: { images: images.sha256 } };
};

const readAt = promisify(read);

const pixelsIn = (
  file: number,
  path: string,
  { imageSize, pixelsAt }: Pick<OpenedFile, 'imageSize' | 'pixelsAt'>,
): StoredPixels => {
  /** The parts of a batch that lie one after the other in the file, which are read at once. */
  const runsOf = (places: ArrayLike<number>): { from: number; to: number; at: number; end: number }[] => {
    const runs: { from: number; to: number; at: number; end: number }[] = [];
    for (let i = 0; i < places.length; i++) {
      const last = runs.at(-1);
      const from = pixelsAt + places[i]! * imageSize;
      if (last?.to === from) {
        last.to += imageSize;
        last.end += imageSize;
      } else runs.push({ from, to: from + imageSize, at: i * imageSize, end: (i + 1) * imageSize });
    }
    return runs;
  };
  const requireAll = (bytesRead: number, length: number): void => {
    if (bytesRead !== length) throw damaged(path, 'the images that were there', 'it cut off');
  };
  return {
    read: async (places) => {
      const pixels = new Uint8Array(places.length * imageSize);
      await Promise.all(
        runsOf(places).map(async ({ from, at, end }) => {
          const { bytesRead } = await readAt(file, pixels, at, end - at, from);
          requireAll(bytesRead, end - at);
        }),
      );
      return pixels;
    },
    readSync: (places) => {
      const pixels = new Uint8Array(places.length * imageSize);
      for (const { from, at, end } of runsOf(places))
        requireAll(readSync(file, pixels, at, end - at, from), end - at);
      return pixels;
    },
  };
};

interface OpenedFile {
  readonly path: string;
  /** At the first image. */
  readonly file: FileHandle;
  /** Of what has been read. */
  readonly hash: Hash;
  readonly labels: Uint16Array;
  readonly imageSize: number;
  readonly pixelsAt: number;
}

/** Opens a file of images and reads what is before them; undefined when it is not there. */
const openFile = async (images: OwnImages, cache: string | undefined): Promise<OpenedFile | undefined> => {
  const path = imageFilePath(images.sha256, cache);
  let file: FileHandle;
  try {
    // A named pipe has no length, and is not waited for; Windows has none.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw new ConfigError(systemErrorSentence(cause, path, 'prepared images'), [], { cause });
  }
  try {
    const hash = createHash('sha256');
    const header = headerBytes(images);
    const count = images.trainImages + images.testImages;
    const { imageBytes: imageSize, pixelsAt, bytes: expected } = imageFileLayout(images);
    const { size } = await file.stat();
    if (header.length > MOST_HEADER_BYTES || size !== expected)
      throw damaged(path, `a file of ${expected} bytes, as described`, `one of ${size}`);
    if (!(await take(file, hash, header.length)).equals(header))
      throw damaged(path, 'the images that are described', 'others');
    const stored = await take(file, hash, 2 * count);
    const labels = Uint16Array.from({ length: count }, (_, i) => stored.readUInt16LE(2 * i));
    return { path, file, hash, labels, imageSize, pixelsAt };
  } catch (error) {
    await file.close();
    throw error;
  }
};

const requireDigest = (path: string, hash: Hash, { sha256 }: OwnImages): void => {
  const found = hash.digest('hex');
  if (found !== sha256) throw damaged(path, `SHA-256 ${sha256}`, found);
};

const damaged = (path: string, expected: string, found: string): ConfigError =>
  new ConfigError(
    `${path}: expected ${expected}, found ${found}: remove the file, and prepare the images again with --images`,
  );

const take = async (file: FileHandle, hash: Hash, length: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(length);
  await fill(file, hash, bytes, undefined);
  return bytes;
};

const fill = async (
  file: FileHandle,
  hash: Hash,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> => {
  for (let at = 0; at < bytes.length; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at));
    // A file that became shorter has another digest.
    if (bytesRead === 0) return;
    hash.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
  }
};

const skip = async (
  file: FileHandle,
  hash: Hash,
  length: number,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const bytes = Buffer.alloc(Math.min(CHUNK, length));
  for (let left = length; left > 0; left -= bytes.length)
    await fill(file, hash, left < bytes.length ? bytes.subarray(0, left) : bytes, signal);
};
