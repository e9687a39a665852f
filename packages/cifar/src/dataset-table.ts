import type { DatasetName } from '@dropout-lab/contracts';
import { drawShapes, type ImageLimits, type LoadedDataset } from '@dropout-lab/data';
import { CIFAR10, CIFAR100, type CifarDescriptor } from './datasets.ts';

/** The source of a data set's images. */
export type DatasetLoader =
  /** Files that are fetched, verified and kept in the cache. */
  | { readonly kind: 'files'; readonly files: CifarDescriptor }
  /** A program that draws them, the same ones every time, wherever it runs. */
  | { readonly kind: 'drawn'; readonly draw: (limits?: ImageLimits) => LoadedDataset };

/** The loader of each data set's images. */
export const datasetLoaders: Readonly<Record<DatasetName, DatasetLoader>> = {
  cifar10: { kind: 'files', files: CIFAR10 },
  cifar100: { kind: 'files', files: CIFAR100 },
  shapes: { kind: 'drawn', draw: drawShapes },
};
