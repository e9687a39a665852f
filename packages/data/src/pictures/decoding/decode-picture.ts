import sharp, { type Metadata } from 'sharp';
import { scalePixels } from '../../pixels/resize.ts';
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

/** Of all pictures that are decoded at once: a folder of the largest ones takes no more memory than one of them. */
const withinPixels = atMost(MOST_PICTURE_PIXELS);

/**
 * Decodes a PNG, JPEG, WebP, AVIF, GIF or TIFF image, of one that moves the first frame: turned as its camera says, colours
 * in sRGB by its profile, transparency over white, 16 bits reduced to the upper 8. CMYK without a profile becomes RGB as in
 * Pillow.
 *
 * @throws PictureError when it is no image, is cut off, or has too many pixels.
 */
export const decodePicture: DecodePicture = async (bytes, options = {}) => {
  requirePicture(bytes);
  try {
    // The number of pixels is looked at here, for a better message than sharp's.
    const about = await sharp(bytes, { limitInputPixels: false }).metadata();
    const { width, height } = about;
    requirePicturePixels(width, height);
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
  const picture = sharp(bytes, { limitInputPixels: MOST_PICTURE_PIXELS, failOn: 'warning' }).autoOrient();
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

/** Sharp's message, which has a line for each thing that its libraries tried: the first says what is wrong. */
const reasonOf = ({ message }: Error): string =>
  message
    .trim()
    .split('\n', 1)[0]!
    .replaceAll(/\bVips\w+: /g, '')
    .replace(/:$/, '')
    .slice(0, 200);

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
