import { DropoutLabError, type ImageShape } from '@dropout-lab/contracts';
import { modelPixels, type PictureFit } from '@dropout-lab/data';
import { readRegularFile } from '@dropout-lab/files/node';
import sharp from 'sharp';
import { readInput } from '../command/read-input.ts';

/**
 * An image file's pixels of shape [height, width, channels], grey of one channel as Keras takes it: turned as its camera
 * says, its middle cut to the model's shape and scaled, transparency over white.
 *
 * @param picture The path of the file, or its content.
 * @param title What it is, for the error.
 * @throws DropoutLabError when it cannot be read as an image.
 */
export const readPicture = async (
  picture: string | Uint8Array,
  shape: ImageShape,
  title: string,
  fit?: PictureFit,
): Promise<Uint8Array> => {
  const refused = (cause: unknown, why: string): DropoutLabError =>
    new DropoutLabError(`${title}: expected a PNG or JPEG image${why}`, { cause });
  const bytes = typeof picture === 'string' ? await readPictureFile(picture, title) : picture;
  const pixels = await pixelsIn(bytes).catch((error: Error) => {
    throw refused(error, `: ${error.message}`);
  });
  if (pixels > MOST_PIXELS) {
    throw refused(
      undefined,
      ` of at most ${MOST_PIXELS} pixels, found one of ${pixels}: scale it down first`,
    );
  }
  try {
    // Scaled here, not by sharp: a page does it by the same code, and sharp would take a JPEG's coarse version.
    const { data, info } = await sharp(bytes)
      .rotate()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return modelPixels({ data, ...info }, shape, fit);
  } catch (error) {
    throw refused(error, `: ${(error as Error).message}`);
  }
};

/** A photograph has 50 million; all of a picture's may be in memory at once. */
const MOST_PIXELS = 100_000_000;

const MOST_BYTES = 2 ** 28;

const pixelsIn = async (bytes: Uint8Array): Promise<number> => {
  const { width = 0, height = 0 } = await sharp(bytes).metadata();
  return width * height;
};

const readPictureFile = async (path: string, title: string): Promise<Uint8Array> =>
  (await readInput(title, 'a PNG or JPEG image', () => readRegularFile(path, { limit: MOST_BYTES }))).bytes;
