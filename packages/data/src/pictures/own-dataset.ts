import type { OwnImages } from '@dropout-lab/contracts';
import type { LoadedDataset } from '../loaded-dataset.ts';
import type { AboutPictures } from './prepare-pictures.ts';

/** Images of one's own: loaded, and how they came about. */
export interface OwnDataset extends LoadedDataset, AboutPictures {
  /** The data set of a run configuration. */
  readonly dataset: OwnImages;
}
