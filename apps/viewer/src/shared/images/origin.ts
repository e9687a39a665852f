import { datasetLoaders } from '@dropout-lab/cifar';
import {
  type DatasetChoice,
  datasetOf,
  type ImageShape,
  isOwnImages,
  parseRunConfig,
  type RunConfig,
} from '@dropout-lab/contracts';
import { imagesUrlOf } from '../source.ts';
import { imagesOf } from './own-images.ts';

/** The source of a data set's images for these pages. */
export type ImageOrigin =
  /** A program draws them. */
  | { readonly kind: 'drawn' }
  /** Its files, in a folder of this address. */
  | { readonly kind: 'files'; readonly url: string }
  /** A sample that ships with the pages. */
  | { readonly kind: 'sample' }
  /** They were decoded on this page. */
  | { readonly kind: 'here' }
  | { readonly kind: 'nowhere' };

/** The sample is of the data set that runs use by default. */
const sampled = parseRunConfig({}).dataset;

/** Number of training images in the sample. */
export const SAMPLE_IMAGES = 250;

/** Returns the source of a data set's images. */
export const originOf = (dataset: DatasetChoice): ImageOrigin => {
  if (imagesOf(dataset)) return { kind: 'here' };
  if (!isOwnImages(dataset) && datasetLoaders[dataset].kind === 'drawn') return { kind: 'drawn' };
  const url = imagesUrlOf(dataset);
  if (url !== null) return { kind: 'files', url };
  return { kind: dataset === sampled ? 'sample' : 'nowhere' };
};

/** Whether all test images are here, under their own numbers; a sample has only some of them. */
export const hasTestImages = (dataset: DatasetChoice): boolean =>
  ['drawn', 'files', 'here'].includes(originOf(dataset).kind);

/** Returns the command that downloads the images of a data set, or prepares a user's own. */
export const fetchCommand = (dataset: DatasetChoice): string =>
  isOwnImages(dataset)
    ? 'dropout-lab train --images PATH'
    : `dropout-lab data fetch${dataset === sampled ? '' : ` --dataset ${dataset}`}`;

/** Returns why the images of a data set are not shown, and what to do. */
export const noImages = (dataset: DatasetChoice): string => {
  const { title } = datasetOf(dataset);
  return isOwnImages(dataset)
    ? `The images of ${title} are not here: prepare them again on the machine that shows the runs, with dropout-lab data info PATH; for a run that was trained in a browser, choose their folder under Train here.`
    : `The images of ${title} are not on this machine: ${fetchCommand(dataset)} downloads them.`;
};

/** Returns height, width and channels of the images that a run's model takes. */
export const imageShapeOf = ({ model, dataset }: Pick<RunConfig, 'model' | 'dataset'>): ImageShape =>
  model.inputShape ?? datasetOf(dataset).imageShape;
