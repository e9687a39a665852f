import type { AugmentationConfig, AugmentationName, ImageShape } from '@dropout-lab/contracts';
import { createGenerator, type Generator, type RandomKey } from '@dropout-lab/random';

/** The changes of one image: whether it is mirrored, and the shift of the crop window in -crop..crop. */
export interface Placement {
  readonly flip: boolean;
  readonly dy: number;
  readonly dx: number;
}

interface Augmenter<Value> {
  readonly isOff: (value: Value) => boolean;
  /** Draws even when it is off, so that no augmentation changes the numbers of another. */
  readonly draw: (value: Value, generator: Generator) => Partial<Placement>;
}

/** Each augmentation's part of a placement, in the order in which they draw. */
const augmenters: { readonly [Name in AugmentationName]: Augmenter<AugmentationConfig[Name]> } = {
  flip: {
    isOff: (flip) => !flip,
    draw: (flip, { nextInt }) => ({ flip: nextInt(2) === 1 && flip }),
  },
  crop: {
    isOff: (crop) => crop === 0,
    draw: (crop, { nextInt }) => {
      const shift = () => nextInt(2 * crop + 1) - crop;
      return { dy: shift(), dx: shift() };
    },
  },
};

const names = Object.keys(augmenters) as AugmentationName[];

/** Whether training images stay as they are. */
export const isUnchanged = (config: AugmentationConfig): boolean =>
  names.every((name) => (augmenters[name] as Augmenter<unknown>).isOff(config[name]));

/** Draws the placement of one image from a key of its own. */
export const drawPlacement = (config: AugmentationConfig, key: RandomKey): Placement => {
  const generator = createGenerator(key);
  const drawn = names.map((name) => (augmenters[name] as Augmenter<unknown>).draw(config[name], generator));
  return Object.assign({ flip: false, dy: 0, dx: 0 }, ...drawn);
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
