import {
  type AugmentationConfig,
  type Batch,
  type BatchSource,
  type ClassIndices,
  ConfigError,
  DropoutLabError,
  type ImageDataset,
  type ImageShape,
  type Targets,
} from '@dropout-lab/contracts';
import { fold, permutation, type RandomKey } from '@dropout-lab/random';
import { isStored, type StoredDataset } from '../stored-dataset.ts';
import { type MixingName, place, placementsOf } from './augment.ts';

/** The position of the channels axis: [n, height, width, channels] or [n, channels, height, width]. */
export type DataFormat = 'channels_last' | 'channels_first';

/** Settings of the batches that a data set is cut into. */
export interface BatchOptions {
  /** Images in a batch; the last one of an epoch may be short. */
  readonly batchSize: number;
  /** Leaves a short last batch out: other images in each epoch when they are shuffled. False by default. */
  readonly dropRemainder?: boolean | undefined;
  /** Key of the shuffle: each epoch has a permutation of its own. Null or absent keeps the data set's order. */
  readonly shuffle?: RandomKey | null | undefined;
  /** Augmentations that are not named are off. Those that mix images are {@link mixBatches}'s. */
  readonly augmentation?: Partial<Omit<AugmentationConfig, MixingName>> | undefined;
  /** Key of the augmentation; needed when any augmentation is on. */
  readonly augmentationKey?: RandomKey | undefined;
  /** `channels_last` by default. */
  readonly dataFormat?: DataFormat | undefined;
}

/** Batches of images in memory, without promises. */
export interface DatasetBatches<Labels extends Targets = ClassIndices> extends BatchSource<Labels> {
  batch(epoch: number, index: number): Batch<Labels>;
}

/** Returns the order of each epoch. Remembers the last one, since batches are asked for epoch by epoch. */
const shuffler = (key: RandomKey, n: number): ((epoch: number) => Uint32Array) => {
  let current: { readonly epoch: number; readonly order: Uint32Array } | undefined;
  return (epoch) => {
    if (current?.epoch !== epoch) current = { epoch, order: permutation(fold(key, epoch), n) };
    return current.order;
  };
};

/** Writes one image, which has its channels last, in the format of the batch. */
type Writer = (from: Uint8Array, to: Uint8Array) => void;

const channelsLast = (): Writer => (from, to) => to.set(from);

const channelsFirst =
  ([height, width, channels]: ImageShape): Writer =>
  (from, to) => {
    const plane = height * width;
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < plane; p++) to[c * plane + p] = from[p * channels + c]!;
    }
  };

/**
 * Cuts a data set into batches by position: `batch(epoch, index)` is a pure function of its arguments and the
 * keys, so any batch can be cut at any time and in any order. The order of an epoch is
 * `permutation(fold(shuffle, epoch), n)`. Pixels stay bytes.
 *
 * @param dataset Images uint8 [n, height, width, channels].
 * @returns Batches of uint8 images and labels in the data set's type, in memory of their own.
 * @throws ConfigError when the data set is empty, has too few pixels or a label out of range, or when an option is
 *   impossible.
 */
export const createBatches = (dataset: ImageDataset, options: BatchOptions): DatasetBatches => {
  requireWhole(dataset);
  const { source, rowsAt, cut, imageSize } = cutter(dataset, options);
  return {
    ...source,
    batch: (epoch, index) => cut(epoch, rowsAt(epoch, index), dataset.images, (image) => image * imageSize),
  };
};

/** {@link createBatches} of images that are read when a batch is asked for, and no longer kept: the same batches. */
export const createStoredBatches = (
  dataset: StoredDataset,
  options: BatchOptions,
): BatchSource<ClassIndices> => {
  requireWhole(dataset);
  const { source, rowsAt, cut, imageSize } = cutter(dataset, options);
  return {
    ...source,
    batch: async (epoch, index) => {
      const rows = rowsAt(epoch, index);
      const pixels = await dataset.pixels.read(rows.map((image) => dataset.places[image]!));
      return cut(epoch, rows, pixels, (_, row) => row * imageSize);
    },
  };
};

const cutter = (dataset: ImageDataset | StoredDataset, options: BatchOptions) => {
  const { batchSize, shuffle, dropRemainder = false, dataFormat = 'channels_last' } = options;
  const { augmentation = {}, augmentationKey } = options;
  const { labels, imageShape } = dataset;
  const [height, width, channels] = imageShape;
  const imageSize = height * width * channels;
  const count = labels.length;
  if (count === 0) throw new ConfigError('batches: expected a data set with images, received an empty one');
  if (!Number.isInteger(batchSize) || batchSize <= 0) {
    throw new ConfigError(`batchSize: expected a positive whole number, received ${batchSize}`);
  }
  requireUnmixed(augmentation);
  const write = (dataFormat === 'channels_last' ? channelsLast : channelsFirst)(imageShape);
  const size = dropRemainder ? count - (count % batchSize) : count;
  if (size === 0) {
    throw new ConfigError(
      `batchSize: expected at most ${count}, the images, since dropRemainder leaves a batch of fewer out, received ${batchSize}`,
    );
  }
  const orderOf = shuffle ? shuffler(shuffle, count) : undefined;
  const placementOf = placementsOf(augmentation, { shape: imageShape, count, key: augmentationKey });
  const batchesPerEpoch = Math.ceil(size / batchSize);
  const shape: readonly number[] = dataFormat === 'channels_last' ? imageShape : [channels, height, width];

  return {
    imageSize,
    source: { size, batchSize, batchesPerEpoch, imageShape: shape },
    /** The images of a batch. */
    rowsAt: (epoch: number, index: number): number[] => {
      if (!Number.isInteger(index) || index < 0 || index >= batchesPerEpoch) {
        throw new DropoutLabError(`batch: expected an index from 0 to ${batchesPerEpoch - 1}, got ${index}`);
      }
      const first = index * batchSize;
      const order = orderOf?.(epoch);
      return Array.from(
        { length: Math.min(batchSize, size - first) },
        (_, i) => order?.[first + i] ?? first + i,
      );
    },
    /** Makes a batch of images whose pixels begin at some places. */
    cut: (
      epoch: number,
      rows: readonly number[],
      pixels: Uint8Array,
      startOf: (image: number, row: number) => number,
    ): Batch<ClassIndices> => {
      const batch = {
        images: new Uint8Array(rows.length * imageSize),
        labels: new (labels.constructor as new (length: number) => ClassIndices)(rows.length),
        size: rows.length,
      };
      rows.forEach((image, row) => {
        batch.labels[row] = labels[image]!;
        const start = startOf(image, row);
        const to = batch.images.subarray(row * imageSize, (row + 1) * imageSize);
        if (placementOf === undefined) {
          write(pixels.subarray(start, start + imageSize), to);
        } else {
          const placed = new Uint8Array(imageSize);
          place(pixels, start, imageShape, placementOf(epoch, image), placed);
          write(placed, to);
        }
      });
      return batch;
    },
  };
};

/**
 * Refuses a data set whose parts do not fit together: a missing pixel would be read as NaN, brightness from 0 to 1 would
 * become black, and training would take an unknown label for no class at all.
 *
 * @throws ConfigError when pixels or labels are in arrays of another type, there are more or fewer pixels than the labels
 *   need, or a label is out of range.
 */
export const requireWhole = (dataset: ImageDataset | StoredDataset): void => {
  const { labels, imageShape, classNames } = dataset;
  if (!isStored(dataset)) {
    const types = ['Uint8Array', 'Uint8ClampedArray'];
    requireType('images', dataset.images, types, 'scale pixels to bytes from 0 to 255');
  }
  requireType('labels', labels, ['Uint8Array', 'Uint16Array', 'Int32Array'], 'count classes from 0');
  if (!(Array.isArray(imageShape) && imageShape.length === 3 && imageShape.every(isPositiveWhole))) {
    throw new ConfigError(
      `imageShape: expected height, width and channels, positive whole numbers, received [${imageShape}]`,
      ['imageShape'],
    );
  }
  const pixels = imageShape.reduce((product, length) => product * length, labels.length);
  if (!isStored(dataset) && dataset.images.length !== pixels) {
    throw new ConfigError(
      `images: expected ${pixels} pixels, ${labels.length} images of shape [${imageShape}], one for each label, received ${dataset.images.length}`,
      ['images'],
    );
  }
  const place = labels.findIndex((label) => label < 0 || label >= classNames.length);
  if (place < 0) return;
  throw new ConfigError(
    `labels: expected classes from 0 to ${classNames.length - 1}, one for each of the class names, received ${labels[place]} for image ${place}: count classes from 0`,
    ['labels'],
  );
};

/** @throws ConfigError when images are to be mixed, which changes their labels too: {@link mixBatches} does it. */
const requireUnmixed = (augmentation: Partial<AugmentationConfig>): void => {
  const mixing = (['mixup', 'cutmix'] as const).find((name) => (augmentation[name] ?? 0) !== 0);
  if (mixing === undefined) return;
  throw new ConfigError(
    `augmentation.${mixing}: expected none in createBatches, which returns class indices, received ${augmentation[mixing]}: pass it to mixBatches with the batches`,
  );
};

const isPositiveWhole = (value: number): boolean => Number.isInteger(value) && value > 0;

const requireType = (name: string, value: unknown, types: readonly string[], advice: string): void => {
  // By its name: of an array from another realm, such as a frame, the constructor is another.
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (types.includes(type)) return;
  throw new ConfigError(`${name}: expected ${types.join(' or ')}, received ${type}: ${advice}`, [name]);
};
