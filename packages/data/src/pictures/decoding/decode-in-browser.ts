import { imageDimensionsFromData } from 'image-dimensions';
import { drawableSize, picturePixels } from '../../pixels/picture.ts';
import { atMost } from './at-most.ts';
import {
  type DecodedPicture,
  type DecodeOptions,
  type DecodePicture,
  MOST_PICTURE_PIXELS,
  PictureError,
  requirePicture,
  requirePicturePixels,
} from './decoded-picture.ts';
import { isProfiledCmyk } from './is-profiled-cmyk.ts';

/** Of all pictures that are decoded at once. */
const withinPixels = atMost(MOST_PICTURE_PIXELS);

/**
 * Decodes a picture by the browser that the program runs in, to the pixels that `decodePicture` gives in Node within one
 * level, within three for an enlarged one that is transparent or AVIF: turned as its camera says, in sRGB, transparency over
 * white. For Node alone are TIFF, and CMYK with a profile, which Chromium passes over.
 *
 * @throws PictureError when the browser cannot decode it, or it has too many pixels.
 */
export const decodeInBrowser: DecodePicture = async (bytes, options = {}) => {
  requirePicture(bytes);
  if (isProfiledCmyk(bytes))
    throw new PictureError(
      'of CMYK with a profile, whose colours a browser gets wrong: convert it to RGB first',
    );
  // A browser says how large a picture is after it has decoded it: a few kilobytes may become all of the memory.
  const size = imageDimensionsFromData(bytes);
  if (size !== undefined) requirePicturePixels(size.width, size.height);
  const pixels = size === undefined ? MOST_PICTURE_PIXELS : size.width * size.height;
  return withinPixels(pixels, () => decoded(bytes, options));
};

const decoded = async (bytes: Uint8Array, options: DecodeOptions): Promise<DecodedPicture> => {
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  // Colours times their alpha would be rounded once more.
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none' }).catch((cause) => {
    throw new PictureError('this browser cannot decode it', { cause });
  });
  try {
    const [width, height] = drawableSize(bitmap);
    requirePicturePixels(width, height);
    const { height: rows = height, width: columns = width, fit } = options;
    return { pixels: picturePixels(bitmap, [rows, columns, 3], fit), width, height, hasAlpha: false };
  } finally {
    bitmap.close();
  }
};
