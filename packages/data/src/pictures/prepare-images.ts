import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  DropoutLabError,
  type ImageFit,
  type OwnImages,
  ownImagesLimits,
} from '@dropout-lab/contracts';
import { makeFolder } from '@dropout-lab/files/node';
import { fold, permutation, randomKey } from '@dropout-lab/random';
import { decodePicture, PictureError } from './decode-picture.ts';
import { asStorageError, type ImageFileHeader, imagesFolder, writeImageFile } from './image-file.ts';
import type { PictureSplit, SkippedFile } from './list-folder.ts';

/** A picture that has not been read yet. */
export interface Picture {
  /** Its name for people. */
  readonly file: string;
  readonly label: number;
  readonly split: PictureSplit;
  /** @throws PictureError when it cannot be read. */
  readonly read: () => Promise<Uint8Array>;
}

/** Pictures of some classes, wherever they come from. */
export interface PictureSource {
  readonly title: string;
  readonly classNames: readonly string[];
  readonly pictures: readonly Picture[];
}

/** How far the preparation of images has come. */
export interface PrepareProgress {
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
}

/** How pictures are made images. */
export interface PrepareOptions {
  /** Height and width of the images. By default those of the pictures when all are of one size up to 64, else 32. */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** `cover` by default. */
  readonly fit?: ImageFit | undefined;
  /** Refuses what would be skipped. */
  readonly strict?: boolean | undefined;
  /** The folder of the cache; `cacheDirectory()` of @dropout-lab/files by default. */
  readonly cacheDirectory?: string | undefined;
  /** Called after each picture. */
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Prepared images: in the cache, and described. */
export interface PreparedImages {
  readonly images: OwnImages;
  /** The last so many of the training images are those of the folder `validation`; 0 without one. */
  readonly validationImages: number;
  /** Images of each class, by label. */
  readonly counts: readonly { readonly train: number; readonly validation: number; readonly test: number }[];
  /** The picture of each image, by its path within the folder: training images, then test images. */
  readonly files: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** Things that a person should know about the images, a sentence each. */
  readonly notes: readonly string[];
}

/** Fraction of each class that is taken for testing, where there are no test images: as many as are held out for validation. */
const TEST_FRACTION = 0.2;
/** One of CIFAR's images, which the network of the tutorial is made for. */
const DEFAULT_SIDE = 32;
/** Pictures of one size up to this one are taken as they are. */
const MOST_OWN_SIDE = 64;
const PROBED = 64;
const CHUNK = 2 ** 22;

/** The split of a data set is the same for every seed of a run. */
const key = randomKey(0);

/** Returns the wanted height and width; undefined when that is left to the pictures. @throws ConfigError */
export const sizeOf = ({
  size,
}: Pick<PrepareOptions, 'size'>): [height: number, width: number] | undefined => {
  if (size === undefined) return undefined;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  for (const side of [height, width]) {
    if (Number.isInteger(side) && side >= 1 && side <= ownImagesLimits.side) continue;
    throw new ConfigError(
      `size: expected whole numbers from 1 to ${ownImagesLimits.side}, received ${side}`,
      ['size'],
    );
  }
  return [height, width];
};

/**
 * Returns the height, width and channels that images of a source will have, as far as some of its pictures show.
 */
export const probeShape = async (
  { pictures }: PictureSource,
  options: PrepareOptions,
): Promise<readonly [height: number, width: number, channels: 1 | 3]> => {
  const step = Math.max(1, Math.ceil(pictures.length / PROBED));
  const sizes = new Set<string>();
  let isGrey = true;
  for (let i = 0; i < pictures.length; i += step) {
    options.signal?.throwIfAborted();
    const decoded = await probed(pictures[i]!);
    if (decoded === undefined) continue;
    sizes.add(`${decoded.height}x${decoded.width}`);
    isGrey &&= isGreyImage(decoded.pixels);
  }
  const own = sizes.size === 1 ? [...sizes][0]!.split('x').map(Number) : undefined;
  const [height, width] =
    sizeOf(options) ??
    (own?.every((side) => side <= MOST_OWN_SIDE) ? (own as [number, number]) : [DEFAULT_SIDE, DEFAULT_SIDE]);
  return [height, width, isGrey && sizes.size > 0 ? 1 : 3];
};

const probed = async (picture: Picture) => {
  try {
    return await decodePicture(await picture.read());
  } catch (error) {
    if (error instanceof PictureError) return undefined;
    throw error;
  }
};

const isGreyImage = (pixels: Uint8Array): boolean => {
  for (let i = 0; i < pixels.length; i += 3)
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  return true;
};

/** Does work for each item, several at once, and yields the results in the items' order. */
async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (let next = 0; next < items.length || running.length > 0; ) {
    while (running.length < atOnce && next < items.length) {
      const promise = work(items[next++]!);
      // Awaited later; a failure until then is no unhandled one.
      promise.catch(() => {});
      running.push(promise);
    }
    yield await running.shift()!;
  }
}

interface Decoded {
  /** uint8 [n, height, width, 3], in a file. */
  readonly path: string;
  readonly rows: readonly Picture[];
  readonly skipped: readonly SkippedFile[];
  readonly isGrey: boolean;
  readonly transparent: number;
  /** Some picture was of another size. */
  readonly isScaled: boolean;
}

/**
 * Decodes the pictures of a source, several at once, draws their splits where they have none, and writes them into the
 * cache, in random order.
 *
 * @param shape By {@link probeShape}.
 * @throws ConfigError when a class has no picture that can be read, there is nothing to test on, or, when `strict`, a file
 *   would be skipped.
 * @throws DropoutLabError when the cache cannot be written.
 */
export const prepareImages = async (
  source: PictureSource,
  [height, width]: Awaited<ReturnType<typeof probeShape>>,
  listed: readonly SkippedFile[],
  options: PrepareOptions,
): Promise<PreparedImages> => {
  const { fit = 'cover', strict = false, cacheDirectory, signal } = options;
  if (strict) requireNone(source.title, listed);
  const folder = imagesFolder(cacheDirectory);
  let work: string;
  try {
    await makeFolder(folder);
    work = await mkdtemp(join(folder, 'decoding-'));
  } catch (error) {
    throw asStorageError(error, folder);
  }
  try {
    const first = await decodeAll(source, [height, width], work, {
      ...options,
      isExact: options.size === undefined && !(height === DEFAULT_SIDE && width === DEFAULT_SIDE),
    });
    const shape: [number, number] = first === undefined ? [DEFAULT_SIDE, DEFAULT_SIDE] : [height, width];
    const decoded = first ?? (await decodeAll(source, shape, work, { ...options, isExact: false }))!;
    if (strict) requireNone(source.title, decoded.skipped);
    const skipped = [...listed, ...decoded.skipped];
    const { order, counts } = splitsOf(source, decoded);
    const { isGrey } = decoded;
    const validationImages = counts.reduce((sum, { validation }) => sum + validation, 0);
    const testImages = counts.reduce((sum, { test }) => sum + test, 0);
    const trainImages = decoded.rows.length - testImages;
    if (testImages === 0) {
      throw new ConfigError(
        `${source.title}: expected test images, found none that can be read: add some, or leave the folder of test images out, so that every fifth image is taken for testing`,
      );
    }
    const header: ImageFileHeader = {
      imageShape: [shape[0], shape[1], isGrey ? 1 : 3],
      classNames: [...source.classNames],
      trainImages,
      testImages,
    };
    const labels = Uint16Array.from(order.flat(), (row) => decoded.rows[row]!.label);
    const sha256 = await writeImageFile(
      header,
      labels,
      rowsOf(decoded, order, shape[0] * shape[1] * 3, signal),
      cacheDirectory,
    );
    return {
      images: { kind: 'images', title: source.title, sha256, ...header, fit },
      validationImages,
      counts,
      files: order.flat().map((row) => decoded.rows[row]!.file),
      skipped,
      notes: notesOf(source, decoded, counts, options),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** @throws ConfigError naming the first file. */
const requireNone = (title: string, skipped: readonly SkippedFile[]): void => {
  const [first] = skipped;
  if (first === undefined) return;
  const more = skipped.length === 1 ? '' : `, and ${skipped.length - 1} more`;
  throw new ConfigError(
    `${title}: expected files that can all be read, since --strict asks for that, found ${first.file} (${first.reason})${more}: remove them, or leave --strict out`,
  );
};

/** @returns Undefined when sizes were to be exact and one is not. */
const decodeAll = async (
  { pictures }: PictureSource,
  [height, width]: readonly [number, number],
  work: string,
  {
    fit,
    onProgress,
    signal,
    isExact,
  }: Pick<PrepareOptions, 'fit' | 'onProgress' | 'signal'> & { readonly isExact: boolean },
): Promise<Decoded | undefined> => {
  const path = join(work, 'pixels');
  const file = await openStorage(path);
  // Shuffled once: the last images are held out for validation by default, and the first are those of a limit.
  const order = permutation(fold(key, 'order'), pictures.length);
  const shuffled = Array.from(order, (i) => pictures[i]!);
  const rows: Picture[] = [];
  const skipped: SkippedFile[] = [];
  let [isGrey, isScaled, transparent, done] = [true, false, 0, 0];
  let parts: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    await file.writeFile(Buffer.concat(parts)).catch((error) => {
      throw asStorageError(error, work);
    });
    parts = [];
  };
  const decode = async (picture: Picture) => {
    try {
      signal?.throwIfAborted();
      return { picture, decoded: await decodePicture(await picture.read(), { height, width, fit }) };
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      return { picture, reason: error.message };
    }
  };
  try {
    const atOnce = Math.min(8, Math.max(2, availableParallelism()));
    for await (const { picture, decoded, reason } of inOrder(shuffled, decode, atOnce)) {
      signal?.throwIfAborted();
      done++;
      if (decoded === undefined) skipped.push({ file: picture.file, reason: reason! });
      else {
        const isOther = decoded.height !== height || decoded.width !== width;
        if (isExact && isOther) return undefined;
        isScaled ||= isOther;
        isGrey &&= isGreyImage(decoded.pixels);
        if (decoded.hasAlpha) transparent++;
        rows.push(picture);
        parts.push(decoded.pixels);
        if (parts.length * decoded.pixels.length >= CHUNK) await flush();
      }
      onProgress?.({ done, total: pictures.length, skipped: skipped.length });
    }
    await flush();
  } finally {
    await file.close();
  }
  skipped.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { path, rows, skipped, isGrey, isScaled, transparent };
};

const openStorage = (path: string): Promise<FileHandle> =>
  open(path, 'w').catch((error) => {
    throw asStorageError(error, path);
  });

type Counts = PreparedImages['counts'];

/** The rows of each split: training, validation and test images. @throws ConfigError when a class has none to learn. */
const splitsOf = (
  { title, classNames }: PictureSource,
  { rows, skipped }: Decoded,
): { readonly order: readonly [number[], number[], number[]]; readonly counts: Counts } => {
  const perClass = new Uint32Array(classNames.length);
  for (const { label } of rows) perClass[label]!++;
  const trainable = Uint32Array.from(perClass, (n) => Math.max(1, Math.floor(n * (1 - TEST_FRACTION))));
  const seen = new Uint32Array(classNames.length);
  const counts = classNames.map(() => ({ train: 0, validation: 0, test: 0 }));
  const order: [number[], number[], number[]] = [[], [], []];
  rows.forEach(({ label, split }, row) => {
    const drawn = split === 'any' ? (seen[label]!++ < trainable[label]! ? 'train' : 'test') : split;
    counts[label]![drawn]++;
    order[drawn === 'train' ? 0 : drawn === 'validation' ? 1 : 2].push(row);
  });
  const empty = counts.findIndex(({ train }) => train === 0);
  if (empty >= 0) {
    const name = classNames[empty]!;
    const why = skipped.find(({ file }) => file.split('/').includes(name));
    throw new ConfigError(
      `${title}: expected pictures of every class to train on, found none of ${name} that can be read${why === undefined ? '' : ` (${why.file}: ${why.reason})`}: add some, or remove its folder`,
    );
  }
  return { order, counts };
};

/** The rows of a file in the order of the splits, in parts, grey ones with one channel. */
async function* rowsOf(
  { path, isGrey }: Decoded,
  order: readonly (readonly number[])[],
  rowBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(1, Math.floor(CHUNK / rowBytes)) * rowBytes);
  const file = await open(path, 'r');
  try {
    for (const rows of order) {
      // They rise, so that the file is read from its beginning to its end, once for each split.
      for (let next = 0; next < rows.length; ) {
        signal?.throwIfAborted();
        const first = rows[next]!;
        const { bytesRead } = await file.read(buffer, 0, buffer.length, first * rowBytes);
        const end = first + Math.floor(bytesRead / rowBytes);
        if (end === first)
          throw new DropoutLabError(`${path}: expected ${rows.length} images, found it cut off`);
        const found: Uint8Array[] = [];
        for (; next < rows.length && rows[next]! < end; next++) {
          const at = (rows[next]! - first) * rowBytes;
          found.push(buffer.subarray(at, at + rowBytes));
        }
        const part = Buffer.concat(found);
        yield isGrey ? everyThird(part) : part;
      }
    }
  } finally {
    await file.close();
  }
}

const everyThird = (pixels: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: pixels.length / 3 }, (_, i) => pixels[3 * i]!);

const notesOf = (
  { classNames }: PictureSource,
  { transparent, isScaled, isGrey }: Decoded,
  counts: Counts,
  { fit = 'cover' }: PrepareOptions,
): string[] => {
  const ways = {
    cover: 'scaled, what does not fit cut off',
    contain: 'scaled, with white beside what is narrower',
    fill: 'stretched',
  };
  const untested = classNames.filter((_, label) => counts[label]!.test === 0);
  return [
    ...(isScaled ? [`pictures of other sizes were ${ways[fit]}`] : []),
    ...(isGrey ? ['all are grey: one channel'] : []),
    ...(transparent > 0 ? [`${transparent} with an alpha channel, put on white`] : []),
    ...(untested.length > 0
      ? [
          `no test image of ${untested.slice(0, 5).join(', ')}${untested.length > 5 ? ` and ${untested.length - 5} more` : ''}`,
        ]
      : []),
  ];
};
