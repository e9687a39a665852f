import { ConfigError, type ImageFit, ownImagesLimits } from '@dropout-lab/contracts';
import { fold, permutation, randomKey } from '@dropout-lab/random';
import { type DecodedPicture, type DecodePicture, PictureError } from './decoding/decoded-picture.ts';

/** The part of a data set that a picture is for; `any`: its split is drawn later. */
export type PictureSplit = 'train' | 'validation' | 'test' | 'any';

/** A file that is not used, by its path within the folder, and the reason. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** A picture that has not been read yet. */
export interface Picture {
  /** Its name for people. */
  readonly file: string;
  readonly label: number;
  readonly split: PictureSplit;
  /** @throws PictureError when it cannot be read. */
  readonly read: () => Promise<Uint8Array>;
}

/** Pictures of some classes, wherever they come from. */
export interface PictureSource {
  readonly title: string;
  readonly classNames: readonly string[];
  readonly count: number;
  /** Returns a picture by its place, from 0; they are read in this order. */
  readonly picture: (index: number) => Picture;
  /** Places of pictures that show what the others are like. */
  readonly samples: readonly number[];
  /** Files that are not used, as far as that is known before they are read. */
  readonly skipped: readonly SkippedFile[];
  /** The advice about a class without pictures: `remove its folder`. */
  readonly remedy: string;
}

/** How far the preparation of images has come. */
export interface PrepareProgress {
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
}

/** How pictures are made images. */
export interface PreparePicturesOptions {
  /** Height and width of the images. By default those of the pictures when all are of one size up to 64, else 32. */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** `cover` by default. */
  readonly fit?: ImageFit | undefined;
  /** Refuses what would be skipped. */
  readonly strict?: boolean | undefined;
  /** Called after each picture. */
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Pixels of images, while the others are decoded. */
export interface PixelStore {
  /** Keeps an image, uint8 [height, width, 3]. */
  readonly put: (place: number, pixels: Uint8Array) => void;
  /** Yields the images at some places, which rise, in parts. */
  readonly at: (places: readonly number[]) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The means by which pictures are prepared. */
export interface PrepareMeans {
  readonly decode: DecodePicture;
  /** How many pictures are decoded at once. */
  readonly atOnce: number;
  /** Opens an empty store of images of so many bytes. */
  readonly openStore: (imageBytes: number) => PixelStore;
}

/** How images came about. */
export interface AboutPictures {
  /** The last so many of the training images are those that were chosen for validation; 0 when none were. */
  readonly validationImages: number;
  /** Images of each class, by label. */
  readonly counts: readonly SplitCounts[];
  /** The picture of each image, by its path within the folder, or its row: training images, then test images. */
  readonly files: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** Things that a person should know about the images, a sentence each. */
  readonly notes: readonly string[];
}

/** Images of pictures: training images first, then test images. */
export interface PreparedPictures {
  readonly imageShape: readonly [height: number, width: number, channels: 1 | 3];
  readonly trainImages: number;
  readonly testImages: number;
  /** The class of each image. */
  readonly labels: Uint16Array;
  /** The pixels in parts, in order. */
  readonly pixels: () => AsyncGenerator<Uint8Array>;
  readonly about: AboutPictures;
}

/** How many images of a class each split has. */
export interface SplitCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** Fraction of each class that is taken for testing, where there are no test images: as many as are held out for validation. */
const TEST_FRACTION = 0.2;
/** One of CIFAR's images, which the network of the tutorial is made for. */
const DEFAULT_SIDE = 32;
/** Pictures of one size up to this one are taken as they are. */
const MOST_OWN_SIDE = 64;

/** The split of a data set is the same for every seed of a run. */
const key = randomKey(0);

/** Returns the wanted height and width; undefined when that is left to the pictures. @throws ConfigError */
export const sizeOf = ({
  size,
}: Pick<PreparePicturesOptions, 'size'>): [height: number, width: number] | undefined => {
  if (size === undefined) return undefined;
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  for (const side of [height, width]) {
    if (Number.isInteger(side) && side >= 1 && side <= ownImagesLimits.side) continue;
    throw new ConfigError(
      `size: expected whole numbers from 1 to ${ownImagesLimits.side}, received ${side}`,
      ['size'],
    );
  }
  return [height, width];
};

/**
 * Returns the height, width and channels that images of a source will have, as far as some of its pictures show.
 */
export const probeShape = async (
  source: PictureSource,
  options: PreparePicturesOptions,
  decode: DecodePicture,
): Promise<readonly [height: number, width: number, channels: 1 | 3]> => {
  const sizes = new Set<string>();
  let isGrey = true;
  for (const index of source.samples) {
    options.signal?.throwIfAborted();
    const decoded = await probed(source.picture(index), decode);
    if (decoded === undefined) continue;
    sizes.add(`${decoded.height}x${decoded.width}`);
    isGrey &&= isGreyImage(decoded.pixels);
  }
  const own = sizes.size === 1 ? [...sizes][0]!.split('x').map(Number) : undefined;
  const [height, width] =
    sizeOf(options) ??
    (own?.every((side) => side <= MOST_OWN_SIDE) ? (own as [number, number]) : [DEFAULT_SIDE, DEFAULT_SIDE]);
  return [height, width, isGrey && sizes.size > 0 ? 1 : 3];
};

const probed = async (picture: Picture, decode: DecodePicture): Promise<DecodedPicture | undefined> => {
  try {
    return await decode(await picture.read());
  } catch (error) {
    if (error instanceof PictureError) return undefined;
    throw error;
  }
};

const isGreyImage = (pixels: Uint8Array): boolean => {
  for (let i = 0; i < pixels.length; i += 3)
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  return true;
};

/**
 * Decodes the pictures of a source, several at once, and draws their splits where they have none. Images are in random
 * order, the same in every call: the last are held out for validation by default, and the first are those of a limit.
 *
 * @param shape By {@link probeShape}.
 * @throws ConfigError when a class has no picture that can be read, there is nothing to test on, or, when `strict`, a file
 *   would be skipped.
 */
export const preparePictures = async (
  source: PictureSource,
  [height, width]: readonly [height: number, width: number, channels: number],
  options: PreparePicturesOptions,
  means: PrepareMeans,
): Promise<PreparedPictures> => {
  const { strict = false, signal } = options;
  if (strict) requireNone(source.title, source.skipped);
  const first = await decodeAll(source, [height, width], options, {
    ...means,
    isExact: options.size === undefined && !(height === DEFAULT_SIDE && width === DEFAULT_SIDE),
  });
  const shape = first === undefined ? ([DEFAULT_SIDE, DEFAULT_SIDE] as const) : ([height, width] as const);
  const decoded = first ?? (await decodeAll(source, shape, options, { ...means, isExact: false }))!;
  if (strict) requireNone(source.title, decoded.skipped);
  const { places, counts } = splitsOf(source, decoded);
  const { isGrey, order } = decoded;
  const [train, validation, test] = places;
  if (test.length === 0) {
    const isDrawn = order.some((index) => source.picture(index).split === 'any');
    throw new ConfigError(
      isDrawn
        ? `${source.title}: expected two pictures of a class at least, so that one is left to test on, found one of each that can be read: add some, or test images`
        : `${source.title}: expected test images, found none that can be read: add some, or leave test images out, so that every fifth image is taken for testing`,
    );
  }
  const all = places.flatMap((split) => [...split]);
  const pictureAt = (place: number): Picture => source.picture(order[place]!);
  return {
    imageShape: [...shape, isGrey ? 1 : 3],
    trainImages: train.length + validation.length,
    testImages: test.length,
    labels: Uint16Array.from(all, (place) => pictureAt(place).label),
    pixels: async function* () {
      for (const split of places) {
        for await (const part of decoded.store.at(split)) {
          signal?.throwIfAborted();
          yield isGrey ? everyThird(part) : part;
        }
      }
    },
    about: {
      validationImages: validation.length,
      counts,
      files: all.map((place) => pictureAt(place).file),
      skipped: [...source.skipped, ...decoded.skipped],
      notes: notesOf(source, decoded, counts, options),
    },
  };
};

/** @throws ConfigError naming the first file. */
const requireNone = (title: string, skipped: readonly SkippedFile[]): void => {
  const [first] = skipped;
  if (first === undefined) return;
  const more = skipped.length === 1 ? '' : `, and ${skipped.length - 1} more`;
  throw new ConfigError(
    `${title}: expected files that can all be read, since --strict asks for that, found ${first.file} (${first.reason})${more}: remove them, or leave --strict out`,
  );
};

interface Decoded {
  readonly store: PixelStore;
  /** The picture of each place. */
  readonly order: Uint32Array;
  /** 1 where the picture of a place could be read. */
  readonly isDecoded: Uint8Array;
  readonly skipped: readonly SkippedFile[];
  readonly isGrey: boolean;
  readonly transparent: number;
  /** Some picture was of another size. */
  readonly isScaled: boolean;
}

/** @returns Undefined when sizes were to be exact and one is not. */
const decodeAll = async (
  source: PictureSource,
  [height, width]: readonly [number, number],
  { fit, onProgress, signal }: PreparePicturesOptions,
  { decode, atOnce, openStore, isExact }: PrepareMeans & { readonly isExact: boolean },
): Promise<Decoded | undefined> => {
  const { count } = source;
  const store = openStore(height * width * 3);
  const order = permutation(fold(key, 'order'), count);
  const placeOf = new Uint32Array(count);
  order.forEach((index, place) => {
    placeOf[index] = place;
  });
  const isDecoded = new Uint8Array(count);
  const skipped: SkippedFile[] = [];
  let [isGrey, isScaled, transparent, done] = [true, false, 0, 0];
  const work = async (index: number) => {
    const picture = source.picture(index);
    try {
      signal?.throwIfAborted();
      return { index, decoded: await decode(await picture.read(), { height, width, fit }) };
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      return { index, file: picture.file, reason: error.message };
    }
  };
  for await (const { index, decoded, file, reason } of inOrder(count, work, atOnce)) {
    signal?.throwIfAborted();
    done++;
    if (decoded === undefined) skipped.push({ file: file!, reason: reason! });
    else {
      const isOther = decoded.height !== height || decoded.width !== width;
      if (isExact && isOther) return undefined;
      isScaled ||= isOther;
      isGrey &&= isGreyImage(decoded.pixels);
      if (decoded.hasAlpha) transparent++;
      isDecoded[placeOf[index]!] = 1;
      store.put(placeOf[index]!, decoded.pixels);
    }
    onProgress?.({ done, total: count, skipped: skipped.length });
  }
  return { store, order, isDecoded, skipped, isGrey, isScaled, transparent };
};

/** Does work for the numbers below a count, several at once, and yields the results in their order. */
async function* inOrder<T>(
  count: number,
  work: (index: number) => Promise<T>,
  atOnce: number,
): AsyncGenerator<T> {
  const running: Promise<T>[] = [];
  for (let next = 0; next < count || running.length > 0; ) {
    while (running.length < atOnce && next < count) {
      const promise = work(next++);
      // Awaited later; a failure until then is no unhandled one.
      promise.catch(() => {});
      running.push(promise);
    }
    yield await running.shift()!;
  }
}

interface Splits {
  /** Of training, validation and test images. */
  readonly places: readonly [number[], number[], number[]];
  readonly counts: readonly SplitCounts[];
}

/** @throws ConfigError when a class has none to learn. */
const splitsOf = (source: PictureSource, { order, isDecoded, skipped }: Decoded): Splits => {
  const { title, classNames, remedy } = source;
  const undrawn = new Uint32Array(classNames.length);
  order.forEach((index, place) => {
    const { label, split } = source.picture(index);
    if (isDecoded[place] && split === 'any') undrawn[label]!++;
  });
  const trainable = undrawn.map((n) => Math.max(1, Math.floor(n * (1 - TEST_FRACTION))));
  const seen = new Uint32Array(classNames.length);
  const counts = classNames.map(() => ({ train: 0, validation: 0, test: 0 }));
  const places: [number[], number[], number[]] = [[], [], []];
  order.forEach((index, place) => {
    if (!isDecoded[place]) return;
    const { label, split } = source.picture(index);
    const drawn = split === 'any' ? (seen[label]!++ < trainable[label]! ? 'train' : 'test') : split;
    counts[label]![drawn]++;
    places[drawn === 'train' ? 0 : drawn === 'validation' ? 1 : 2].push(place);
  });
  const empty = counts.findIndex(({ train }) => train === 0);
  if (empty >= 0) {
    const name = classNames[empty]!;
    const why = skipped.find(({ file }) => isOfClass(file, name)) ?? skipped[0];
    throw new ConfigError(
      `${title}: expected pictures of every class to train on, found none of ${name} that can be read${why === undefined ? '' : ` (${why.file}: ${why.reason})`}: add some, or ${remedy}`,
    );
  }
  return { places, counts };
};

/** Whether a file lies in the folder of a class, which may be in that of a split. */
export const isOfClass = (file: string, name: string): boolean =>
  file.split('/', 2).some((part) => part.normalize('NFC') === name);

const everyThird = (pixels: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: pixels.length / 3 }, (_, i) => pixels[3 * i]!);

const notesOf = (
  { classNames }: PictureSource,
  { transparent, isScaled, isGrey }: Decoded,
  counts: readonly SplitCounts[],
  { fit = 'cover' }: PreparePicturesOptions,
): string[] => {
  const ways = {
    cover: 'scaled, what does not fit cut off',
    contain: 'scaled, with white filling the rest',
    fill: 'stretched',
  };
  const untested = classNames.filter((_, label) => counts[label]!.test === 0);
  return [
    ...(isScaled ? [`pictures of other sizes were ${ways[fit]}`] : []),
    ...(isGrey ? ['all are grey: one channel'] : []),
    ...(transparent > 0 ? [`${transparent} with an alpha channel, put on white`] : []),
    ...(untested.length > 0
      ? [
          `no test image of ${untested.slice(0, 5).join(', ')}${untested.length > 5 ? ` and ${untested.length - 5} more` : ''}`,
        ]
      : []),
  ];
};

/** Places spread over a range, at most 64. */
export const spreadOver = (count: number): readonly number[] => {
  const step = Math.max(1, Math.ceil(count / 64));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
};
