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

/** The source of a data set's images for these pages. */
export type ImageOrigin =
  /** A program draws them. */
  | { readonly kind: 'drawn' }
  /** The official files, in a folder of this address. */
  | { readonly kind: 'files'; readonly url: string }
  /** A sample that ships with the pages. */
  | { readonly kind: 'sample' }
  | { readonly kind: 'nowhere' };

/** The sample is of the data set that runs use by default. */
const sampled = parseRunConfig({}).dataset;

/** Number of training images in the sample. */
export const SAMPLE_IMAGES = 250;

/** Returns the source of a data set's images. */
export const originOf = (dataset: DatasetChoice): ImageOrigin => {
  if (isOwnImages(dataset)) return { kind: 'nowhere' };
  if (datasetLoaders[dataset].kind === 'drawn') return { kind: 'drawn' };
  const url = imagesUrlOf(dataset);
  if (url !== null) return { kind: 'files', url };
  return { kind: dataset === sampled ? 'sample' : 'nowhere' };
};

/** Returns the command that downloads the images of a data set, or prepares a user's own. */
export const fetchCommand = (dataset: DatasetChoice): string =>
  isOwnImages(dataset)
    ? 'dropout-lab train --images PATH'
    : `dropout-lab data fetch${dataset === sampled ? '' : ` --dataset ${dataset}`}`;

/** Returns height, width and channels of the images that a run's model takes. */
export const imageShapeOf = ({ model, dataset }: Pick<RunConfig, 'model' | 'dataset'>): ImageShape =>
  model.inputShape ?? datasetOf(dataset).imageShape;
