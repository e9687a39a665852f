import type { OwnImages } from '@dropout-lab/contracts';

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
  const size = imageShape.reduce((product, length) => product * length, 1);
  const atOnce = Math.max(1, Math.floor(CHUNK / size));
  for (let done = 0; done < count; done += atOnce)
    yield await read(first + done, Math.min(atOnce, count - done));
};
