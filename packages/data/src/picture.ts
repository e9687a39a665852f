import type { ImageShape } from '@dropout-lab/contracts';
import { greyLevel } from './grey-level.ts';

/** Returns the colours or greys of RGBA pixels: uint8 [pixels, channels], with 3 channels or 1. */
export const withoutAlpha = (rgba: ArrayLike<number>, channels: number): Uint8Array =>
  Uint8Array.from({ length: (rgba.length / 4) * channels }, (_, i) => {
    const at = 4 * Math.floor(i / channels);
    if (channels > 1) return rgba[at + (i % channels)]!;
    return greyLevel(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
  });

/**
 * Returns the pixels of a picture or a video in the form that a model takes: the largest centred part with the model's
 * proportions, scaled, with white behind transparent pixels.
 *
 * @param shape Shape of the model's images, with 3 channels (RGB) or 1 (grey).
 * @returns uint8 [height, width, channels].
 */
export const picturePixels = (
  drawable: ImageBitmap | HTMLVideoElement,
  [height, width, channels]: ImageShape,
): Uint8Array => {
  const [w, h] =
    'videoWidth' in drawable
      ? [drawable.videoWidth, drawable.videoHeight]
      : [drawable.width, drawable.height];
  const scale = Math.min(w / width, h / height);
  const [partWidth, partHeight] = [width * scale, height * scale];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(
    drawable,
    (w - partWidth) / 2,
    (h - partHeight) / 2,
    partWidth,
    partHeight,
    0,
    0,
    width,
    height,
  );
  return withoutAlpha(context.getImageData(0, 0, width, height).data, channels);
};
