import type { ImageDataset, OwnImages } from '@dropout-lab/contracts';
import { isStored, type StoredDataset } from '../stored-dataset.ts';

/** In bytes, of images that are read at once. */
const CHUNK = 2 ** 22;

/**
 * Reads `count` prepared images from one on, some at a time.
 *
 * @param images Prepared images, and `opened` the same in the cache.
 * @returns Their pixels, whole images in each part: some megabytes, or one image.
 * @throws ConfigError when the file of the images was cut off meanwhile.
 */
export const imageParts = async function* (
  { imageShape }: Pick<OwnImages, 'imageShape'>,
  { read }: { readonly read: (first: number, count: number) => Promise<Uint8Array> },
  { first, count }: { readonly first: number; readonly count: number },
): AsyncGenerator<Uint8Array> {
  const atOnce = imagesAtOnce(imageShape);
  for (let done = 0; done < count; done += atOnce)
    yield await read(first + done, Math.min(atOnce, count - done));
};

/** Reads the images of a data set: those in memory in one part, stored ones some at a time, as {@link imageParts} does. */
export const partsOfDataset = async function* (
  dataset: ImageDataset | StoredDataset,
): AsyncGenerator<Uint8Array> {
  if (!isStored(dataset)) return yield dataset.images;
  const { pixels, places, imageShape } = dataset;
  const atOnce = imagesAtOnce(imageShape);
  for (let done = 0; done < places.length; done += atOnce)
    yield await pixels.read(places.subarray(done, done + atOnce));
};

const imagesAtOnce = (imageShape: ImageDataset['imageShape']): number =>
  Math.max(1, Math.floor(CHUNK / imageShape.reduce((product, length) => product * length, 1)));
