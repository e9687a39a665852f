import type { ImageShape } from '@dropout-lab/contracts';
import { createGenerator, type RandomKey } from '@dropout-lab/random';

/** How training images are varied, anew in every epoch. */
export interface Augmentation {
  /** Mirror an image left to right with probability one half. */
  readonly flip: boolean;
  /** Pad by this many zero pixels on each side and crop back at a random offset; 0 is off. */
  readonly crop: number;
}

/** What is done to one image: mirrored or not, and the shift of the crop window in -crop..crop. */
export interface Placement {
  readonly flip: boolean;
  readonly dy: number;
  readonly dx: number;
}

/** Draws the placement of one image from a key of its own. */
export const drawPlacement = ({ flip, crop }: Augmentation, key: RandomKey): Placement => {
  const { nextInt } = createGenerator(key);
  const shift = () => nextInt(2 * crop + 1) - crop;
  return { flip: nextInt(2) === 1 && flip, dy: shift(), dx: shift() };
};

/**
 * Writes the placed image to `to`: `to[y, x] = from[y + dy, x' + dx]`, zero outside, where x' is x or its mirror.
 *
 * @param from Pixels [height, width, channels] at offset `start`.
 * @param to As many bytes, all zero.
 */
export const place = (
  from: Uint8Array,
  start: number,
  [height, width, channels]: ImageShape,
  { flip, dy, dx }: Placement,
  to: Uint8Array,
): void => {
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
    for (let x = 0; x < width; x++) {
      const column = (flip ? width - 1 - x : x) + dx;
      if (column < 0 || column >= width) continue;
      const pixel = start + ((y + dy) * width + column) * channels;
      const out = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) to[out + c] = from[pixel + c]!;
    }
  }
};
