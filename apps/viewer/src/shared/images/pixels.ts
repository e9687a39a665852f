import type { ImageDataset } from '@dropout-lab/contracts';
import { greyLevel } from '@dropout-lab/data';

/** A picture of the size that models take. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3 of colours (RGB), 1 of greys. */
  readonly channels: number;
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  /** What it is, for a person. */
  readonly title: string;
  /** Index of its class, of a picture whose class is known. */
  readonly label: number | null;
}

/** An image of a data set. */
export const pictureOf = (
  { images, labels, imageShape, classNames }: ImageDataset,
  index: number,
): Picture => {
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  const label = labels[index]!;
  return {
    width,
    height,
    channels,
    pixels: images.slice(index * size, (index + 1) * size),
    title: `test image ${index}, ${classNames[label]}`,
    label,
  };
};

/** Colours or greys of RGBA pixels. */
export const withoutAlpha = (rgba: ArrayLike<number>, channels: number): Uint8Array =>
  Uint8Array.from({ length: (rgba.length / 4) * channels }, (_, i) => {
    const at = 4 * Math.floor(i / channels);
    if (channels > 1) return rgba[at + (i % channels)]!;
    return greyLevel(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
  });

/** RGBA of colours or greys, opaque. */
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

/** The pictures that a model takes. */
export type PictureSize = Pick<Picture, 'width' | 'height' | 'channels'>;

/** What a browser can draw that may become a picture. */
type Drawable = HTMLVideoElement | ImageBitmap;

/** The largest square in the middle of a drawing, scaled to the size that models take. */
export const squarePicture = (
  drawable: Drawable,
  { width, height, channels, title }: PictureSize & Pick<Picture, 'title'>,
): Picture => {
  const [w, h] =
    drawable instanceof HTMLVideoElement
      ? [drawable.videoWidth, drawable.videoHeight]
      : [drawable.width, drawable.height];
  const side = Math.min(w, h);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  // What is transparent becomes white.
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(drawable, (w - side) / 2, (h - side) / 2, side, side, 0, 0, width, height);
  return {
    width,
    height,
    channels,
    pixels: withoutAlpha(context.getImageData(0, 0, width, height).data, channels),
    title,
    label: null,
  };
};

/**
 * A picture of an image file.
 *
 * @throws An Error that says what was expected, of a file that is no image.
 */
export const pictureOfFile = async (file: Blob, size: PictureSize): Promise<Picture> => {
  const title = file instanceof File && file.name ? file.name : 'a pasted image';
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${title}: expected an image that this browser can show, such as PNG or JPEG`);
  });
  const picture = squarePicture(bitmap, { ...size, title });
  bitmap.close();
  return picture;
};
