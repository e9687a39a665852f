import {
  type AugmentationConfig,
  type AugmentationName,
  ConfigError,
  type ImageShape,
} from '@dropout-lab/contracts';
import { createGenerator, type Generator, type RandomKey } from '@dropout-lab/random';

/** A rectangle of an image: rows from `top` to before `bottom`, columns from `left` to before `right`; it may reach beyond. */
interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The changes of one image: whether it is mirrored, the shift of the crop window in -crop..crop, and what is made zero. */
export interface Placement {
  readonly flip: boolean;
  readonly dy: number;
  readonly dx: number;
  readonly hole: Rectangle;
}

interface Augmenter<Value> {
  /** The value that changes nothing. */
  readonly off: Value;
  /** Draws even when it is off, so that no augmentation changes the numbers of another. */
  readonly draw: (value: Value, generator: Generator, shape: ImageShape) => Partial<Placement>;
}

/** Each augmentation's part of a placement, in the order in which they draw: a new one is the last. */
const augmenters: { readonly [Name in AugmentationName]: Augmenter<AugmentationConfig[Name]> } = {
  flip: {
    off: false,
    draw: (flip, { nextInt }) => ({ flip: nextInt(2) === 1 && flip }),
  },
  crop: {
    off: 0,
    draw: (crop, { nextInt }) => {
      const shift = () => nextInt(2 * crop + 1) - crop;
      return { dy: shift(), dx: shift() };
    },
  },
  cutout: {
    off: 0,
    draw: (side, { nextInt }, [height, width]) => {
      // The centre is any pixel, so that the square may reach beyond the image, as in the paper.
      const [top, left] = [nextInt(height), nextInt(width)].map((centre) => centre - Math.floor(side / 2));
      return { hole: { top: top!, left: left!, bottom: top! + side, right: left! + side } };
    },
  },
};

const names = Object.keys(augmenters) as AugmentationName[];

/**
 * Returns a function that draws the placement of one image from a key of its own; undefined where images stay as they are.
 *
 * @param config Augmentations that are not named are off.
 * @throws ConfigError when a number of pixels is none.
 */
export const placementsOf = (
  config: Partial<AugmentationConfig>,
  shape: ImageShape,
): ((key: RandomKey) => Placement) | undefined => {
  const values = names.map((name) => {
    const augmenter = augmenters[name] as Augmenter<unknown>;
    const value: unknown = config[name] ?? augmenter.off;
    if (typeof value === 'number' && (!Number.isInteger(value) || value < 0))
      throw new ConfigError(`${name}: expected a whole number of pixels of at least 0, received ${value}`);
    return { ...augmenter, value };
  });
  if (values.every(({ value, off }) => value === off)) return undefined;
  return (key) => {
    const generator = createGenerator(key);
    return Object.assign({}, ...values.map(({ draw, value }) => draw(value, generator, shape)));
  };
};

/**
 * Writes the placed image to `to`: `to[y, x] = from[y + dy, x' + dx]`, zero outside and in the hole,
 * where x' is x or its mirror.
 *
 * @param from Pixels [height, width, channels] at offset `start`.
 * @param to As many bytes, all zero.
 */
export const place = (
  from: Uint8Array,
  start: number,
  [height, width, channels]: ImageShape,
  { flip, dy, dx, hole }: Placement,
  to: Uint8Array,
): void => {
  for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
    const hasHole = y >= hole.top && y < hole.bottom;
    for (let x = 0; x < width; x++) {
      if (hasHole && x >= hole.left && x < hole.right) continue;
      const column = (flip ? width - 1 - x : x) + dx;
      if (column < 0 || column >= width) continue;
      const pixel = start + ((y + dy) * width + column) * channels;
      const out = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) to[out + c] = from[pixel + c]!;
    }
  }
};
