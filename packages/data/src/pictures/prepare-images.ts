import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DropoutLabError, type OwnImages } from '@dropout-lab/contracts';
import { makeFolder, removeLeftovers } from '@dropout-lab/files/node';
import { decodePicture } from './decoding/decode-picture.ts';
import { asStorageError, imagesFolder, writeImageFile } from './image-file.ts';
import type { ImageFileHeader } from './image-file-format.ts';
import {
  type AboutPictures,
  type PictureSource,
  type PixelStore,
  type PreparePicturesOptions,
  preparePictures,
} from './prepare-pictures.ts';

/** How pictures are made images, and where these are kept. */
export interface PrepareOptions extends PreparePicturesOptions {
  /** The folder of the cache; `cacheDirectory()` of @dropout-lab/files by default. */
  readonly cacheDirectory?: string | undefined;
}

/** Prepared images: in the cache, and described. */
export interface PreparedImages extends AboutPictures {
  readonly images: OwnImages;
}

const CHUNK = 2 ** 22;
/** Begins the name of the folder that pixels are decoded into; the number of its process comes next. */
const DECODING = 'decoding-by-';

/**
 * Decodes the pictures of a source, several at once, draws their splits where they have none, and writes them into the
 * cache, in random order. Of the images, a few megabytes are in memory at once.
 *
 * @param shape By `probeShape`.
 * @throws ConfigError when a class has no picture that can be read, there is nothing to test on, or, when `strict`, a file
 *   would be skipped.
 * @throws DropoutLabError when the cache cannot be written.
 */
export const prepareImages = async (
  source: PictureSource,
  shape: readonly [height: number, width: number, channels: number],
  options: PrepareOptions,
): Promise<PreparedImages> => {
  const { fit = 'cover', cacheDirectory } = options;
  const folder = imagesFolder(cacheDirectory);
  let work: string;
  let file: number;
  try {
    await makeFolder(folder);
    await removeLeftovers(folder, DECODING);
    work = await mkdtemp(join(folder, `${DECODING}${process.pid}-`));
    file = openSync(join(work, 'pixels'), 'w+');
  } catch (error) {
    throw asStorageError(error, folder);
  }
  try {
    const prepared = await preparePictures(source, shape, options, {
      decode: decodePicture,
      atOnce: Math.min(8, Math.max(2, availableParallelism())),
      openStore: (imageBytes) => storeIn(file, work, imageBytes),
    });
    const { imageShape, trainImages, testImages, labels } = prepared;
    const header: ImageFileHeader = {
      imageShape: [...imageShape],
      classNames: [...source.classNames],
      trainImages,
      testImages,
    };
    const sha256 = await writeImageFile(header, labels, prepared.pixels(), cacheDirectory);
    return {
      images: { kind: 'images', title: source.title, sha256, ...header, fit },
      ...prepared.about,
    };
  } finally {
    closeSync(file);
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * Keeps images in a file, each at its place: the system writes them out in its own time. Synchronous, since a promise would
 * wait behind the pictures that are being decoded.
 */
const storeIn = (file: number, folder: string, imageBytes: number): PixelStore => {
  ftruncateSync(file);
  return {
    put: (place, pixels) => {
      try {
        for (let at = 0; at < imageBytes; )
          at += writeSync(file, pixels, at, imageBytes - at, place * imageBytes + at);
      } catch (error) {
        throw asStorageError(error, folder);
      }
    },
    *at(places) {
      const buffer = Buffer.alloc(Math.max(1, Math.floor(CHUNK / imageBytes)) * imageBytes);
      // Places rise, so that the file is read from its beginning to its end, once for each split.
      for (let next = 0; next < places.length; ) {
        const first = places[next]!;
        const bytesRead = readSync(file, buffer, 0, buffer.length, first * imageBytes);
        const end = first + Math.floor(bytesRead / imageBytes);
        if (end === first) {
          throw new DropoutLabError(
            `${folder}: expected images that were written there, found them cut off: try again`,
          );
        }
        const found: Uint8Array[] = [];
        for (; next < places.length && places[next]! < end; next++) {
          const at = (places[next]! - first) * imageBytes;
          found.push(buffer.subarray(at, at + imageBytes));
        }
        yield Buffer.concat(found);
      }
    },
  };
};
