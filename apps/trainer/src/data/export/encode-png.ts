import type { ImageShape } from '@dropout-lab/contracts';
import sharp from 'sharp';

/** Returns an image as a PNG, without loss. */
export const encodePng = (pixels: Uint8Array, [height, width, channels]: ImageShape): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: channels as 1 | 3 } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
