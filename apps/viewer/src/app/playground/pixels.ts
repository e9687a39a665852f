import type { ImageDataset } from '@dropout-lab/contracts';

/** A picture of the size that models take: uint8 [height, width, 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
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
    pixels: images.slice(index * size, (index + 1) * size),
    title: `test image ${index}, ${classNames[label]}`,
    label,
  };
};

/** RGB of RGBA pixels. */
export const withoutAlpha = (rgba: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: (rgba.length / 4) * 3 }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)]!);

/** RGBA of RGB pixels, opaque. */
export const withAlpha = (rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> => {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let i = 0; i < rgb.length; i++) rgba[4 * Math.floor(i / 3) + (i % 3)] = rgb[i]!;
  return rgba;
};

/** What a browser can draw that may become a picture. */
type Drawable = HTMLVideoElement | ImageBitmap;

/** The largest square in the middle of a drawing, scaled to the size that models take. */
export const squarePicture = (
  drawable: Drawable,
  { width, height, title }: Pick<Picture, 'width' | 'height' | 'title'>,
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
    pixels: withoutAlpha(context.getImageData(0, 0, width, height).data),
    title,
    label: null,
  };
};

/**
 * A picture of an image file.
 *
 * @throws An Error that says what was expected, of a file that is no image.
 */
export const pictureOfFile = async (
  file: Blob,
  size: Pick<Picture, 'width' | 'height'>,
): Promise<Picture> => {
  const title = file instanceof File && file.name ? file.name : 'a pasted image';
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${title}: expected an image that this browser can show, such as PNG or JPEG`);
  });
  const picture = squarePicture(bitmap, { ...size, title });
  bitmap.close();
  return picture;
};
