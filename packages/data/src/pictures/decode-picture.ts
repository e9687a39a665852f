import type { ImageFit } from '@dropout-lab/contracts';
import sharp, { type Metadata } from 'sharp';
import { scalePixels } from '../resize.ts';
import { atMost } from './at-most.ts';

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

/** A photograph has 50 million; all of a picture's may be in memory at once. */
const MOST_PIXELS = 100_000_000;
/** Of all pictures that are decoded at once: a folder of the largest ones takes no more memory than one of them. */
const withinPixels = atMost(MOST_PIXELS);

/** The most bytes of a picture's file. */
export const MOST_PICTURE_BYTES = 2 ** 28;

/** A picture cannot be decoded; the message is the reason: `of at most 100000000 pixels, found one of 100020001`. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

/**
 * Decodes a PNG, JPEG, WebP, AVIF, GIF or TIFF image, of one that moves the first frame: turned as its camera says, colours
 * in sRGB by its profile, transparency over white, 16 bits reduced to the upper 8. CMYK without a profile becomes RGB as in
 * Pillow.
 *
 * @throws PictureError when it is no image, is cut off, or has too many pixels.
 */
export const decodePicture = async (
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedPicture> => {
  const kind = kindOf(bytes);
  if (kind === undefined) throw new PictureError('it is none of PNG, JPEG, WebP, AVIF, GIF and TIFF');
  try {
    // The number of pixels is looked at here, for a better message than sharp's.
    const about = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { width, height } = about;
    if (width * height > MOST_PIXELS) {
      throw new PictureError(
        `of at most ${MOST_PIXELS} pixels, found one of ${width * height}: scale it down first`,
      );
    }
    return await withinPixels(width * height, () => pixelsOf(bytes, about, options));
  } catch (error) {
    if (error instanceof PictureError) throw error;
    throw new PictureError(reasonOf(error as Error), { cause: error });
  }
};

const pixelsOf = async (
  bytes: Uint8Array,
  { space, icc, hasAlpha, autoOrient }: Metadata,
  { height, width, fit }: DecodeOptions,
): Promise<DecodedPicture> => {
  const picture = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'warning' }).autoOrient();
  const isPlainCmyk = space === 'cmyk' && icc === undefined;
  const coloured = isPlainCmyk
    ? picture.pipelineColourspace('cmyk')
    : picture.flatten({ background: 'white' });
  const { data, info } = await coloured
    .toColourspace(isPlainCmyk ? 'cmyk' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const whole = isPlainCmyk ? withoutInks(data) : threeChannels(data, info.channels);
  const own = { width: autoOrient.width, height: autoOrient.height };
  // Scaled here, not by sharp: a page does it by the same code, and so does whoever asks the model.
  const [rows, columns] = [height ?? own.height, width ?? own.width];
  const isOwn = rows === own.height && columns === own.width;
  const pixels = isOwn ? whole : scalePixels({ data: whole, ...own, channels: 3 }, [rows, columns, 3], fit);
  return { pixels, ...own, hasAlpha };
};

/** Sharp's message, which may have a line for each thing that was tried. */
const reasonOf = ({ message }: Error): string =>
  message
    .trim()
    .replaceAll(/\s*\n\s*/g, ', ')
    .replace(/:$/, '')
    .slice(0, 200);

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

const threeChannels = (data: Buffer, channels: number): Buffer => {
  if (channels === 3) return data;
  if (channels !== 1) throw new PictureError(`expected 1 or 3 channels, found ${channels}`);
  const colours = Buffer.alloc(3 * data.length);
  for (let i = 0; i < data.length; i++) colours.fill(data[i]!, 3 * i, 3 * i + 3);
  return colours;
};

/** As Pillow's `convert('RGB')`, and browsers, without a profile: each ink darkens what black leaves. */
const withoutInks = (inks: Buffer): Buffer => {
  const colours = Buffer.alloc((inks.length / 4) * 3);
  for (let i = 0, to = 0; i < inks.length; i += 4) {
    const white = 255 - inks[i + 3]!;
    for (let c = 0; c < 3; c++) colours[to++] = white - Math.round((inks[i + c]! * white) / 255);
  }
  return colours;
};
