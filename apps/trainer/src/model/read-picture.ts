import { DropoutLabError, type ImageShape } from '@dropout-lab/contracts';
import { greyLevel } from '@dropout-lab/data';
import sharp from 'sharp';

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
  [height, width, channels]: ImageShape,
  title: string,
): Promise<Buffer> => {
  try {
    const colours = await sharp(picture)
      .rotate()
      .flatten({ background: 'white' })
      .resize(width, height, { fit: 'cover' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    return channels === 1 ? greysOf(colours) : colours;
  } catch (error) {
    throw new DropoutLabError(`${title}: expected a PNG or JPEG image: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const greysOf = (colours: Uint8Array): Buffer => {
  const greys = Buffer.alloc(colours.length / 3);
  for (let i = 0; i < greys.length; i++) {
    greys[i] = greyLevel(colours[3 * i]!, colours[3 * i + 1]!, colours[3 * i + 2]!);
  }
  return greys;
};
