import {
  ConfigError,
  type DatasetName,
  datasetOf,
  type RunConfig,
  requireDataset,
} from '@dropout-lab/contracts';
import { splitLast } from '@dropout-lab/data';
import { fetchCommand, originOf, SAMPLE_IMAGES } from '../../shared/images/origin.ts';

/** So many images to train on there are in these pages; null for all of the data set. */
export const mostImagesOf = (dataset: DatasetName): number | null =>
  originOf(dataset).kind === 'sample' ? SAMPLE_IMAGES : null;

/**
 * Refuses what the images cannot serve, before any of them is loaded.
 *
 * @param config As it was set, whatever of the data set is here.
 * @throws ConfigError when the images are not here, when there are not so many of them, or when none would be trained on.
 */
export const requireData = (config: RunConfig): void => {
  requireImages(config);
  requireDataset(config);
  requireSplit(config);
};

const requireImages = ({ dataset }: RunConfig): void => {
  if (originOf(dataset).kind !== 'nowhere') return;
  throw new ConfigError(
    `run configuration: dataset: expected one whose images are here, received "${dataset}": ${fetchCommand(dataset)} brings them, and dropout-lab view started anew shows them`,
    ['dataset'],
  );
};

const requireSplit = ({ dataset, limitTrain, validationSplit }: RunConfig): void => {
  const { trainImages, imageShape, classNames } = datasetOf(dataset);
  const images = Math.min(limitTrain ?? trainImages, mostImagesOf(dataset) ?? trainImages);
  // Only their number counts. Where it leaves none, neither does a split of each class.
  const onPaper = { images: new Uint8Array(0), labels: new Uint8Array(images), imageShape, classNames };
  try {
    splitLast(onPaper, validationSplit);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message, ['validationSplit'], { cause: error });
  }
};
