import type { DatasetChoice } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import { imagesOf } from './own-images.ts';
import { sampleImages } from './sample.ts';

/** Returns the images of a data set that the page has: those that were decoded on it, or ship with it. Threads get them from the page. */
export const imagesOnPage = async (dataset: DatasetChoice): Promise<LoadedDataset> =>
  imagesOf(dataset) ?? sampleImages();
