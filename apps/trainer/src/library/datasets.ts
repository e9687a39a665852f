import { ConfigError, type DatasetName, datasets, type ImageDataset } from '@dropout-lab/contracts';
import { drawShapes } from '@dropout-lab/data';
import type { DatasetOptions, Platform } from './platform.ts';

/** Images to train on, and images to test with: a data set's, or one's own. */
export interface TrainingData {
  /** Of these, `train` holds out some for validation. */
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** Left out for images of one's own. */
  readonly dataset?: DatasetName;
  /** SHA-256 of the files that the images come from, by name, for the record of a run. */
  readonly sha256?: Readonly<Record<string, string>>;
}

/** The loader of a data set that consists of files. */
export const loaderOf =
  (dataset: DatasetName, { loadDataset }: Pick<Platform, 'loadDataset'>) =>
  async (options: DatasetOptions = {}): Promise<TrainingData> => ({
    ...(await loadDataset(dataset, options)),
    dataset,
  });

/**
 * 350 real images of CIFAR-10 that come with the package, 250 to train on and 100 to test with: for a first try, and for
 * tests.
 */
export const sample = async (): Promise<TrainingData> => ({
  ...(await import('@dropout-lab/cifar/sample')).loadSample(),
  dataset: 'cifar10',
});

/** 48,000 grey pictures of eight plain shapes, 28 by 28 pixels, drawn in a second or two: nothing is fetched. */
export const shapes = async (): Promise<TrainingData> => ({ ...drawShapes(), dataset: 'shapes' });

/** @throws ConfigError when it is no data to train on. */
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

/** Returns the settings that follow from the data: its name or, for your own images, their shape and classes. */
export const configOfData = ({ train, dataset }: TrainingData) =>
  dataset !== undefined && dataset in datasets
    ? { dataset }
    : { model: { inputShape: train.imageShape, numClasses: train.classNames.length } };
