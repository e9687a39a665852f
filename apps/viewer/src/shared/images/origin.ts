import { datasetLoaders } from '@dropout-lab/cifar';
import {
  type DatasetName,
  datasetOf,
  type ImageShape,
  parseRunConfig,
  type RunConfig,
} from '@dropout-lab/contracts';
import { imagesUrlOf } from '../source.ts';

/** Where the images of a data set come from in these pages. */
export type ImageOrigin =
  /** A program draws them. */
  | { readonly kind: 'drawn' }
  /** The official files, in a folder of this address. */
  | { readonly kind: 'files'; readonly url: string }
  /** Some of them ship with the pages. */
  | { readonly kind: 'sample' }
  | { readonly kind: 'nowhere' };

/** The data set that the sample is of is the one that runs use by default. */
const sampled = parseRunConfig({}).dataset;

/** So many images to train on are in the sample. */
export const SAMPLE_IMAGES = 250;

export const originOf = (dataset: DatasetName): ImageOrigin => {
  if (datasetLoaders[dataset].kind === 'drawn') return { kind: 'drawn' };
  const url = imagesUrlOf(dataset);
  if (url !== null) return { kind: 'files', url };
  return { kind: dataset === sampled ? 'sample' : 'nowhere' };
};

/** What brings the images of a data set that are not here, for a person. */
export const fetchCommand = (dataset: DatasetName): string =>
  `dropout-lab data fetch${dataset === sampled ? '' : ` --dataset ${dataset}`}`;

/** Height, width and channels of the images that a run's model takes. */
export const imageShapeOf = ({ model, dataset }: Pick<RunConfig, 'model' | 'dataset'>): ImageShape =>
  model.inputShape ?? datasetOf(dataset).imageShape;
