import { ConfigError, type ImageDataset } from '@dropout-lab/contracts';
import { fold, permutation, type RandomKey } from '@dropout-lab/random';
import { requireWhole } from './batches/batches.ts';
import { gather, isStored, type StoredDataset } from './stored-dataset.ts';

/** The two splits of a data set: images to train on, and images held out for validation. */
export interface Split<Dataset extends ImageDataset | StoredDataset = ImageDataset> {
  readonly train: Dataset;
  readonly validation: Dataset;
}

const bytesPerImage = ({ imageShape: [height, width, channels] }: Pick<ImageDataset, 'imageShape'>): number =>
  height * width * channels;

/** Returns the images from index `from` to `to`, excluding `to`, as views of the same memory. */
const range = <Dataset extends ImageDataset | StoredDataset>(
  dataset: Dataset,
  from: number,
  to: number,
): Dataset => {
  const labels = dataset.labels.subarray(from, to);
  if (isStored(dataset)) return { ...dataset, labels, places: dataset.places.subarray(from, to) };
  const bytes = bytesPerImage(dataset);
  return {
    ...dataset,
    images: dataset.images.subarray(from * bytes, to * bytes),
    labels,
  };
};

/** Returns how many of `n` images stay for training: Keras's `int(floor(n * (1 - fraction)))`. */
const trainingCount = (n: number, fraction: number): number => {
  if (!(Number.isFinite(fraction) && fraction >= 0 && fraction < 1)) {
    throw new ConfigError(`validation fraction: expected 0 <= fraction < 1, received ${fraction}`);
  }
  return Math.floor(n * (1 - fraction));
};

/**
 * Returns the first `n` images, as views of the same memory; all of them when there are fewer.
 *
 * @throws ConfigError unless `n` is a positive integer, and the data set is whole.
 */
export const limit = <Dataset extends ImageDataset | StoredDataset>(dataset: Dataset, n: number): Dataset => {
  if (!Number.isInteger(n) || n <= 0) {
    throw new ConfigError(`limit: expected a positive whole number of images, received ${n}`);
  }
  requireWhole(dataset);
  return range(dataset, 0, n);
};

/**
 * Holds out the last fraction, before any shuffling, as Keras's `validation_split` does. Both splits are views of the
 * same memory.
 *
 * @param fraction At least 0, below 1.
 * @throws ConfigError when the fraction is impossible or leaves nothing to train on, a label is none of a class, or there are
 *   more or fewer pixels than the labels need.
 */
export const splitLast = <Dataset extends ImageDataset | StoredDataset>(
  dataset: Dataset,
  fraction: number,
): Split<Dataset> => {
  requireWhole(dataset);
  const n = dataset.labels.length;
  const splitAt = trainingCount(n, fraction);
  if (splitAt === 0) {
    throw new ConfigError(
      `validation fraction: expected some of ${n} images to stay for training, received ${fraction}, which holds out all`,
    );
  }
  return { train: range(dataset, 0, splitAt), validation: range(dataset, splitAt, n) };
};

/** A split of every class. */
export interface StratifiedSplit<Dataset extends ImageDataset | StoredDataset = ImageDataset>
  extends Split<Dataset> {
  /** The names of classes of one image, which is trained on: none is held out for validation. */
  readonly undivided: readonly string[];
}

/**
 * Holds out the same fraction of every class, chosen at random. Both splits keep the data set's order, in
 * memory of their own.
 *
 * @param fraction At least 0, below 1; each class keeps `floor(n * (1 - fraction))` of its n images, at least one.
 * @throws ConfigError when the fraction is impossible, there is nothing to train on, a label is none of a class, or there are
 *   more or fewer pixels than the labels need.
 */
export const splitStratified = <Dataset extends ImageDataset | StoredDataset>(
  dataset: Dataset,
  fraction: number,
  key: RandomKey,
): StratifiedSplit<Dataset> => {
  requireWhole(dataset);
  const members: number[][] = dataset.classNames.map(() => []);
  dataset.labels.forEach((label, i) => {
    members[label]!.push(i);
  });
  const kept = new Uint8Array(dataset.labels.length);
  members.forEach((indices, label) => {
    const order = permutation(fold(key, label), indices.length);
    // A class that nothing is learned of could only be mistaken for others.
    const count = Math.max(Math.min(1, indices.length), trainingCount(indices.length, fraction));
    for (const i of order.subarray(0, count)) kept[indices[i]!] = 1;
  });

  const [train, validation]: [number[], number[]] = [[], []];
  kept.forEach((keep, i) => {
    (keep ? train : validation).push(i);
  });
  if (train.length === 0) {
    throw new ConfigError('validation fraction: expected a data set with images, received an empty one');
  }
  const undivided =
    trainingCount(1, fraction) === 1
      ? []
      : dataset.classNames.filter((_, label) => members[label]!.length === 1);
  return { train: gather(dataset, train), validation: gather(dataset, validation), undivided };
};
