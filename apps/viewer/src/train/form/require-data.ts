import {
  ConfigError,
  type DatasetChoice,
  datasetOf,
  type RunConfig,
  requireDataset,
} from '@dropout-lab/contracts';
import { requireOwnSplit, splitLast } from '@dropout-lab/data';
import { fetchCommand, originOf, SAMPLE_IMAGES } from '../../shared/images/origin.ts';
import { ownSettings } from '../own-images/choice.ts';

/** Returns the number of training images in a data set's sample; null where all images are available. */
export const mostImagesOf = (dataset: DatasetChoice): number | null =>
  originOf(dataset).kind === 'sample' ? SAMPLE_IMAGES : null;

/**
 * Refuses a configuration that the images are not enough for, before any of them is loaded.
 *
 * @param config As it was set, whichever images are available.
 * @throws ConfigError when the images are missing, too few, or none would be left to train on.
 */
export const requireData = (config: RunConfig): void => {
  requireImages(config);
  requireDataset(config);
  requireOwnSplit(config, ownSettings.value);
  requireSplit(config);
};

const requireImages = ({ dataset }: RunConfig): void => {
  if (originOf(dataset).kind !== 'nowhere') return;
  throw new ConfigError(
    `run configuration: dataset: expected one whose images are on this machine, received "${datasetOf(dataset).title}": download them with ${fetchCommand(dataset)}, and start dropout-lab view again`,
    ['dataset'],
  );
};

const requireSplit = ({ dataset, limitTrain, validationSplit }: RunConfig): void => {
  const { trainImages, classNames } = datasetOf(dataset);
  const images = Math.min(limitTrain ?? trainImages, mostImagesOf(dataset) ?? trainImages);
  // Only their number counts, so that one pixel does. Where it leaves none, a split of each class leaves none either.
  const pixels = new Uint8Array(images);
  const counted = { images: pixels, labels: pixels, imageShape: [1, 1, 1] as const, classNames };
  try {
    splitLast(counted, validationSplit);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message, ['validationSplit'], { cause: error });
  }
};
