import type { ImageDataset } from '@dropout-lab/contracts';
import { picturePixels } from '@dropout-lab/data';
import type { PictureSize } from './picture-shape.ts';
import { decodeSquare } from './picture-thread.ts';

/** A picture of the size that models take. */
export interface Picture extends PictureSize {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  /** Its description for a person. */
  readonly title: string;
  /** Index of its class, where that is known. */
  readonly label: number | null;
}

/**
 * Returns an image of a data set as a picture.
 *
 * @param number Its number in the test set, where the data set is a part of it.
 */
export const pictureOf = (
  { images, labels, imageShape, classNames }: ImageDataset,
  index: number,
  number = index,
): Picture => {
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  const label = labels[index]!;
  return {
    width,
    height,
    channels,
    pixels: images.slice(index * size, (index + 1) * size),
    title: `test image ${number}, ${classNames[label]}`,
    label,
  };
};

/** Returns opaque RGBA of colours or greys. */
export const withAlpha = ({
  pixels,
  channels,
}: Pick<Picture, 'pixels' | 'channels'>): Uint8ClampedArray<ArrayBuffer> => {
  const count = pixels.length / channels;
  const rgba = new Uint8ClampedArray(count * 4).fill(255);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = pixels[i * channels + Math.min(c, channels - 1)]!;
  }
  return rgba;
};

/** Returns the largest square in the middle of a webcam's frame, scaled to the size that a model takes. */
export const squarePicture = (
  frame: HTMLVideoElement,
  { width, height, channels, title }: PictureSize & Pick<Picture, 'title'>,
): Picture => ({
  width,
  height,
  channels,
  pixels: picturePixels(frame, [height, width, channels]),
  title,
  label: null,
});

/**
 * Reads an image file as a picture.
 *
 * @throws An Error when the file is not an image, with what was expected.
 */
export const pictureOfFile = async (file: Blob, size: PictureSize): Promise<Picture> => {
  const title = file instanceof File && file.name ? file.name : 'a pasted image';
  const pixels = await decodeSquare(file, size);
  if (!pixels) throw new Error(`${title}: expected an image that this browser can show, such as PNG or JPEG`);
  return { ...size, pixels, title, label: null };
};
