import { DropoutLabError, type ImageFit, type ImageShape } from '@dropout-lab/contracts';
import { modelPixels, PictureError } from '@dropout-lab/data';
import { decodePicture, MOST_PICTURE_BYTES } from '@dropout-lab/data/node';
import { readRegularFile } from '@dropout-lab/files/node';
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
  fit?: ImageFit,
): Promise<Uint8Array> => {
  const bytes = typeof picture === 'string' ? await readPictureFile(picture, title) : picture;
  try {
    const { pixels: data, width, height } = await decodePicture(bytes);
    return modelPixels({ data, width, height, channels: 3 }, shape, fit);
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    throw new DropoutLabError(`${title}: expected an image that can be read: ${error.message}`, {
      cause: error,
    });
  }
};

const readPictureFile = async (path: string, title: string): Promise<Uint8Array> =>
  (
    await readInput(title, 'an image that can be read', () =>
      readRegularFile(path, { limit: MOST_PICTURE_BYTES }),
    )
  ).bytes;
