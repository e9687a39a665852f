import { setImmediate as nextTask } from 'node:timers/promises';
import type { OwnImages } from '@dropout-lab/contracts';
import { greyLevel } from '../pixels/grey-level.ts';
import { scalePixels } from '../pixels/resize.ts';
import type { OpenedImages } from './image-file.ts';
import { imageParts } from './image-parts.ts';

/** Height and width of the images that are compared: eight differences in each of eight rows. */
const THUMBNAIL = [8, 9] as const;

/** Images of two splits that show nearly the same; indices are among all: those trained on, those for validation, those for testing. */
export interface AlikeImages {
  /** Of an image that is trained on, or for validation. */
  readonly known: number;
  /** Of an image of a later split. */
  readonly other: number;
  /** Whether their thumbnails are equal, byte by byte. */
  readonly isSame: boolean;
}

/** Of 64 differences. */
const MOST_DIFFERENCES = 4;
/** Between the grey levels of two thumbnails, on average: plain pictures have no differences of their own. */
const MOST_DISTANCE = 6;

/** Settings of a comparison. */
export interface AlikeImagesOptions {
  /** How many of the last training images are held out for validation; none by default. */
  readonly validationImages?: number;
  /** Stops it between two images. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds images for validation and testing that are nearly those of a split before theirs: by the signs of the 64 differences of
 * neighbouring grey levels of their thumbnails (a difference hash), and by the grey levels themselves.
 *
 * @param images Prepared images, and `opened` the same in the cache.
 * @returns For each validation and test image, the image of each split before its own that is nearest to it, where one is near
 *   enough.
 * @throws The signal's reason; ConfigError when the file of the images was cut off meanwhile.
 */
export const alikeImages = async (
  images: OwnImages,
  opened: Pick<OpenedImages, 'read'>,
  { validationImages = 0, signal }: AlikeImagesOptions = {},
): Promise<AlikeImages[]> => {
  const { imageShape, trainImages, testImages } = images;
  const thumbnails: Thumbnail[] = [];
  const size = imageShape.reduce((product, length) => product * length, 1);
  const all = { first: 0, count: trainImages + testImages };
  for await (const pixels of imageParts(images, opened, all)) {
    for (let at = 0; at < pixels.length; at += size)
      thumbnails.push(thumbnailOf(pixels.subarray(at, at + size), imageShape));
  }
  const trained = trainImages - validationImages;
  const [forTraining, forValidation] = [thumbnails.slice(0, trained), thumbnails.slice(trained, trainImages)];
  const alike: AlikeImages[] = [];
  for (const [i, one] of thumbnails.slice(trained).entries()) {
    // Tens of thousands of comparisons wait for nothing: a signal arrives between them only so.
    await nextTask();
    signal?.throwIfAborted();
    const isTested = i >= validationImages;
    const pairs = [pairOf(one, forTraining), isTested ? pairOf(one, forValidation, trained) : undefined];
    for (const pair of pairs) if (pair !== undefined) alike.push({ ...pair, other: trained + i });
  }
  return alike;
};

/** Returns the nearest of some images that is near enough; the first of them has the index `first`. */
const pairOf = (
  one: Thumbnail,
  among: readonly Thumbnail[],
  first = 0,
): Omit<AlikeImages, 'other'> | undefined => {
  let nearest: Omit<AlikeImages, 'other'> | undefined;
  let least = Number.POSITIVE_INFINITY;
  among.forEach(({ high, low, greys, pixels }, i) => {
    const differences = bitsIn(one.high ^ high) + bitsIn(one.low ^ low);
    if (differences > MOST_DIFFERENCES) return;
    const distance = distanceOf(one.greys, greys);
    if (distance > MOST_DISTANCE || distance >= least) return;
    least = distance;
    nearest = { known: first + i, isSame: Buffer.compare(one.pixels, pixels) === 0 };
  });
  return nearest;
};

interface Thumbnail {
  readonly pixels: Uint8Array;
  readonly greys: Uint8Array;
  /** The first 32 signs, and the others. */
  readonly high: number;
  readonly low: number;
}

const thumbnailOf = (
  data: Uint8Array,
  [imageHeight, imageWidth, channels]: OwnImages['imageShape'],
): Thumbnail => {
  const [height, width] = THUMBNAIL;
  const image = { data, height: imageHeight, width: imageWidth, channels };
  const pixels = scalePixels(image, [height, width, channels], 'fill');
  const greys = Uint8Array.from({ length: height * width }, (_, p) =>
    channels === 1 ? pixels[p]! : greyLevel(pixels[3 * p]!, pixels[3 * p + 1]!, pixels[3 * p + 2]!),
  );
  const signs = [0, 0] as [number, number];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const isBrighter = greys[y * width + x]! > greys[y * width + x + 1]!;
      if (isBrighter) signs[y < 4 ? 0 : 1] |= 1 << ((y % 4) * 8 + x);
    }
  }
  return { pixels, greys, high: signs[0], low: signs[1] };
};

const bitsIn = (word: number): number => {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
};

const distanceOf = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
