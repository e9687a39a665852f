import {
  type AugmentationConfig,
  type AugmentationName,
  ConfigError,
  type ImageShape,
} from '@dropout-lab/contracts';
import { createGenerator, fold, type Generator, type RandomKey, uint32s } from '@dropout-lab/random';

/** Augmentations that mix the images of a batch, and their labels. */
export type MixingName = 'mixup' | 'cutmix';

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
  /** Whether pixels beyond the image are those of its mirror image, without repeating the border; zero otherwise. */
  readonly reflects: boolean;
  readonly hole?: Rectangle | undefined;
}

/** The sources that a placement is drawn from. */
interface Draws {
  /** The image's own in this epoch. */
  readonly generator: Generator;
  readonly shape: ImageShape;
  /** Whether the image is mirrored in this epoch, when it is in every other one. */
  readonly alternates: boolean;
}

interface Augmenter<Value> {
  /** The value that changes nothing. */
  readonly off: Value;
  /** Whether it only says how another one works. */
  readonly isManner?: true;
  /** Draws even when it is off, so that no augmentation changes the numbers of another. */
  readonly draw: (value: Value, draws: Draws) => Partial<Placement>;
}

/** Augmentations of an image by itself; the others mix the images of a batch. */
type PlacingName = Exclude<AugmentationName, MixingName>;

/** Each augmentation's part of a placement, in the order in which they draw: a new one is the last. */
const augmenters: { readonly [Name in PlacingName]: Augmenter<AugmentationConfig[Name]> } = {
  flip: {
    off: false,
    draw: (flip, { generator: { nextInt }, alternates }) => {
      const isDrawn = nextInt(2) === 1;
      return { flip: flip === 'alternating' ? alternates : isDrawn && flip };
    },
  },
  crop: {
    off: 0,
    draw: (crop, { generator: { nextInt } }) => {
      const shift = () => nextInt(2 * crop + 1) - crop;
      return { dy: shift(), dx: shift() };
    },
  },
  cutout: {
    off: 0,
    draw: (side, { generator: { nextInt }, shape: [height, width] }) => {
      // The centre is any pixel, so that the square may reach beyond the image, as in the paper.
      const [top, left] = [nextInt(height), nextInt(width)].map((centre) => centre - Math.floor(side / 2));
      return { hole: { top: top!, left: left!, bottom: top! + side, right: left! + side } };
    },
  },
  cropFill: {
    off: 'zeros',
    isManner: true,
    draw: (fill) => ({ reflects: fill === 'reflect' }),
  },
};

const names = Object.keys(augmenters) as PlacingName[];

/**
 * Returns a function that draws the placement of one image in one epoch; undefined where images stay as they are.
 *
 * @param config Augmentations that are not named are off.
 * @param count The number of images.
 * @throws ConfigError when a number of pixels is none, images are too small to reflect, or there is no key.
 */
export const placementsOf = (
  config: Partial<Omit<AugmentationConfig, MixingName>>,
  { shape, count, key }: { shape: ImageShape; count: number; key: RandomKey | undefined },
): ((epoch: number, image: number) => Placement) | undefined => {
  const values = names.map((name) => {
    const augmenter = augmenters[name] as Augmenter<unknown>;
    const value: unknown = config[name] ?? augmenter.off;
    if (typeof value === 'number' && (!Number.isInteger(value) || value < 0))
      throw new ConfigError(`${name}: expected a whole number of pixels of at least 0, received ${value}`);
    return { ...augmenter, value };
  });
  if (values.every(({ value, off, isManner }) => value === off || isManner)) return undefined;
  if (config.cropFill === 'reflect')
    requireReflectable(shape, config.crop ?? 0, 'crop', 'crop less, or pad with zeros');
  if (key === undefined) {
    throw new ConfigError('augmentationKey: expected a random key for the augmentation, received none');
  }
  // An image's number in the stream is the same in every epoch, whatever batch it comes in.
  const halves = config.flip === 'alternating' ? uint32s(fold(key, 'alternating flip'), count) : undefined;
  return (epoch, image) => {
    const alternates = halves !== undefined && (halves[image]! + epoch) % 2 === 1;
    const draws = { generator: createGenerator(fold(key, epoch, image)), shape, alternates };
    return Object.assign({}, ...values.map(({ draw, value }) => draw(value, draws)));
  };
};

/**
 * @param by Pixels that are needed beyond the border.
 * @param name The option, for the message.
 * @param advice What to do, for the message.
 * @throws ConfigError when an image has too few pixels to be continued by its mirror image.
 */
export const requireReflectable = (
  [height, width]: ImageShape,
  by: number,
  name: string,
  advice: string,
): void => {
  const most = Math.min(height, width) - 1;
  if (by <= most) return;
  throw new ConfigError(
    `${name}: expected at most ${most} pixels to reflect in images of ${height} x ${width}, received ${by}: ${advice}`,
  );
};

/** Returns which of `length` pixels in a line is at a place before, in or after them; -1 where there is none. */
const pixelAt = (place: number, length: number, reflects: boolean): number => {
  if (place >= 0 && place < length) return place;
  if (!reflects) return -1;
  return place < 0 ? -place : 2 * (length - 1) - place;
};

/**
 * Writes the placed image to `to`: `to[y, x] = from[y + dy, x' + dx]`, where x' is x or its mirror; zero in the hole, and
 * outside unless that reflects.
 *
 * @param from Pixels [height, width, channels] at offset `start`.
 * @param to As many numbers, all zero.
 */
export const place = (
  from: Uint8Array | Float32Array,
  start: number,
  [height, width, channels]: ImageShape,
  { flip, dy, dx, reflects, hole }: Placement,
  to: Uint8Array | Float32Array,
): void => {
  const columns = Array.from({ length: width }, (_, x) =>
    pixelAt((flip ? width - 1 - x : x) + dx, width, reflects),
  );
  for (let y = 0; y < height; y++) {
    const row = pixelAt(y + dy, height, reflects);
    if (row < 0) continue;
    const hasHole = hole !== undefined && y >= hole.top && y < hole.bottom;
    for (let x = 0; x < width; x++) {
      if (hasHole && x >= hole.left && x < hole.right) continue;
      const column = columns[x]!;
      if (column < 0) continue;
      const pixel = start + (row * width + column) * channels;
      const out = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) to[out + c] = from[pixel + c]!;
    }
  }
};
