import { drawableSize, picturePixels } from '../picture.ts';
import { type DecodePicture, MOST_PICTURE_PIXELS, PictureError, requirePicture } from './decoded-picture.ts';

/**
 * Decodes a picture by the browser that the program runs in, to the pixels that `decodePicture` gives in Node within one
 * level, within three for an enlarged one that is transparent or AVIF: turned as its camera says, in sRGB, transparency over white. TIFF is for Node alone.
 *
 * @throws PictureError when the browser cannot decode it, or it has too many pixels.
 */
export const decodeInBrowser: DecodePicture = async (bytes, options = {}) => {
  requirePicture(bytes);
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  // Colours times their alpha would be rounded once more.
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none' }).catch((cause) => {
    throw new PictureError('this browser cannot decode it', { cause });
  });
  try {
    const [width, height] = drawableSize(bitmap);
    if (width * height > MOST_PICTURE_PIXELS) {
      throw new PictureError(
        `of at most ${MOST_PICTURE_PIXELS} pixels, found one of ${width * height}: scale it down first`,
      );
    }
    const { height: rows = height, width: columns = width, fit } = options;
    return { pixels: picturePixels(bitmap, [rows, columns, 3], fit), width, height, hasAlpha: false };
  } finally {
    bitmap.close();
  }
};
