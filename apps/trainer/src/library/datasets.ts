import {
  ConfigError,
  type DatasetChoice,
  type DatasetName,
  datasets,
  type ImageDataset,
  isOwnImages,
  type RunConfigInput,
} from '@dropout-lab/contracts';
import { drawShapes, settingsOfImages } from '@dropout-lab/data';
import type { DatasetOptions, Platform } from './platform.ts';

/** Training images and test images: those of a data set, or a user's own. */
export interface TrainingData {
  /** Some of them are held out for validation, as the settings say. */
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** The data set, by its name or as `imageFolder` and `parquet` describe it; absent for images from memory. */
  readonly dataset?: DatasetChoice;
  /** The last so many training images are to be held out for validation; as the settings say when left out or 0. */
  readonly validationImages?: number;
  /** SHA-256 of the files that the images come from, by name, for the manifest of a run. */
  readonly sha256?: Readonly<Record<string, string>>;
}

/** Returns the function that loads a data set that consists of files. */
export const loaderOf =
  (dataset: DatasetName, { loadDataset }: Pick<Platform, 'loadDataset'>) =>
  async (options: DatasetOptions = {}): Promise<TrainingData> => ({
    ...(await loadDataset(dataset, options)),
    dataset,
  });

/**
 * Returns 350 images of CIFAR-10 that come with the package, 250 for training and 100 for testing: enough for a first try
 * and for tests.
 */
export const sample = async (): Promise<TrainingData> => ({
  ...(await import('@dropout-lab/cifar/sample')).loadSample(),
  dataset: 'cifar10',
});

/** Returns 48,000 grey images of eight plain shapes, 28 by 28 pixels, which it draws: nothing is downloaded. */
export const shapes = async (): Promise<TrainingData> => ({ ...drawShapes(), dataset: 'shapes' });

/** @throws ConfigError when the value is not training data. */
export const requireTrainingData = (data: unknown): void => {
  if (data instanceof Promise) throw refusal('a promise of them: write await before what loads them');
  const { train, test } = (data ?? {}) as Partial<TrainingData>;
  for (const [name, images] of Object.entries({ train, test })) {
    if (!(images?.images instanceof Uint8Array)) throw refusal(`no bytes in data.${name}.images`);
  }
  requireSameClasses(test!, train!.classNames);
};

/** @throws ConfigError when images have other classes than those that are learned. */
export const requireSameClasses = ({ classNames }: ImageDataset, expected: readonly string[]): void => {
  if (classNames.length === expected.length) return;
  throw new ConfigError(
    `data.test: expected images of ${expected.length} classes, found ${classNames.length}: give those that belong to the training images`,
    ['data', 'test'],
  );
};

const refusal = (found: string): ConfigError =>
  new ConfigError(
    `train: data: expected images, such as await sample() or await cifar10() gives, found ${found}`,
    ['data'],
  );

/** Returns the part of a configuration that describes the data: its name or, for a user's own images, shape and classes. */
export const configOfData = ({ train, dataset, validationImages = 0 }: TrainingData): RunConfigInput => {
  if (dataset !== undefined && isOwnImages(dataset))
    return { ...settingsOfImages(dataset, validationImages) };
  return dataset !== undefined && dataset in datasets
    ? { dataset }
    : { model: { inputShape: [...train.imageShape], numClasses: train.classNames.length } };
};
