import { ConfigError, type ImageFit, type ImageShape } from '@dropout-lab/contracts';
import { modelPixels } from '@dropout-lab/data';

/** Pixels of any size, row by row, such as the browser's `ImageData`. */
export interface RawPicture {
  /** Levels, 0..255. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1 (grey), 3 (RGB) or 4 (RGBA); by default as many as there are for each pixel. */
  readonly channels?: number;
}

/**
 * A picture of a page: an image, a canvas, an `ImageBitmap`, a video or one of its frames. It is described by what these have
 * in common, so that programs for Node need no types of the DOM.
 */
export type PagePicture =
  | { readonly width: number; readonly height: number; readonly data?: never }
  | { readonly displayWidth: number; readonly displayHeight: number };

/**
 * A picture to classify, of any size. A file, by its content, or by its address, which in Node may be a path; or pixels. In a
 * page also what it shows: an image, a canvas, an `ImageBitmap`, a video or one of its frames.
 */
export type ClassifiedPicture = string | URL | Blob | ArrayBuffer | Uint8Array | RawPicture | PagePicture;

export const isRawPicture = (picture: unknown): picture is RawPicture => {
  const { data } = (picture ?? {}) as { readonly data?: unknown };
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray;
};

/**
 * Returns raw pixels in the form that a model takes.
 *
 * @throws ConfigError when there are more or fewer than the size says.
 */
export const pixelsOfRaw = (
  { data, width, height, channels }: RawPicture,
  shape: ImageShape,
  fit?: ImageFit,
): Uint8Array => {
  const found = channels ?? data.length / (width * height);
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (isSize && [1, 3, 4].includes(found) && data.length === width * height * found) {
    return modelPixels({ data, width, height, channels: found }, shape, fit);
  }
  throw new ConfigError(
    `classify: expected width x height x channels levels, with 1, 3 or 4 channels, received ${data.length} for ${width}x${height}${channels === undefined ? '' : `x${channels}`}: give the size that the data has`,
  );
};

/** @throws ConfigError always: the value is no picture. */
export const refusePicture = (picture: unknown, expected: string): never => {
  const found =
    picture === null || typeof picture !== 'object'
      ? String(picture)
      : `a ${Object.getPrototypeOf(picture)?.constructor?.name ?? 'value'}`;
  throw new ConfigError(`classify: expected ${expected}, received ${found}`);
};
