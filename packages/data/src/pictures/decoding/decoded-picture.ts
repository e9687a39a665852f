import type { ImageFit } from '@dropout-lab/contracts';

/** A picture as pixels, and what it was. */
export interface DecodedPicture {
  /** uint8 [height, width, 3]. */
  readonly pixels: Uint8Array;
  /** Turned as its camera says. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
}

/** The wanted pixels; those of the picture itself when left out. */
export interface DecodeOptions {
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  /** `cover` by default. */
  readonly fit?: ImageFit | undefined;
}

/** Decodes a picture. @throws PictureError when it cannot be. */
export type DecodePicture = (bytes: Uint8Array, options?: DecodeOptions) => Promise<DecodedPicture>;

/** A photograph has 50 million; all of a picture's may be in memory at once. */
export const MOST_PICTURE_PIXELS = 100_000_000;

/** The most bytes of a picture's file. */
export const MOST_PICTURE_BYTES = 2 ** 28;

/** A picture cannot be decoded; the message is the reason: `it has 100020001 pixels, and the limit is 100000000`. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

/** @throws PictureError when a picture's file is empty or has more bytes than {@link MOST_PICTURE_BYTES}. */
export const requirePictureBytes = (bytes: number): void => {
  if (bytes === 0) throw new PictureError('empty');
  if (bytes > MOST_PICTURE_BYTES)
    throw new PictureError(`it has ${bytes} bytes, and the limit is ${MOST_PICTURE_BYTES}`);
};

/** @throws PictureError when a picture has more pixels than {@link MOST_PICTURE_PIXELS}. */
export const requirePicturePixels = (width: number, height: number): void => {
  if (width * height > MOST_PICTURE_PIXELS) {
    throw new PictureError(
      `it has ${width * height} pixels, and the limit is ${MOST_PICTURE_PIXELS}: scale it down first`,
    );
  }
};

const startsWith = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));

/** By its first bytes: an SVG, which sharp could draw, names files of its own. */
const kindOf = (bytes: Uint8Array): string | undefined => {
  if (startsWith(bytes, 0, '\x89PNG')) return 'PNG';
  if (startsWith(bytes, 0, '\xff\xd8\xff')) return 'JPEG';
  if (startsWith(bytes, 0, 'GIF8')) return 'GIF';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'WebP';
  if (startsWith(bytes, 4, 'ftyp')) return 'AVIF';
  if (startsWith(bytes, 0, 'II*\0') || startsWith(bytes, 0, 'MM\0*')) return 'TIFF';
  return undefined;
};

/** @throws PictureError when the first bytes are those of no kind of picture. */
export const requirePicture = (bytes: Uint8Array): void => {
  if (kindOf(bytes) === undefined) throw new PictureError('it is not PNG, JPEG, WebP, AVIF, GIF or TIFF');
};
