import { type DatasetChoice, isOwnImages } from '@dropout-lab/contracts';
import type { OwnDataset } from '@dropout-lab/data';
import { signal } from '@preact/signals';

/** The user's own images that were decoded on this page, by the digest of their data set. */
const imagesHere = signal<ReadonlyMap<string, OwnDataset>>(new Map());

/** Has the pages show and train on images, until they are left. */
export const showImages = (images: OwnDataset): void => {
  imagesHere.value = new Map([...imagesHere.value, [images.dataset.sha256, images]]);
};

/** Returns the images of a data set that were decoded on this page; undefined where they were not. */
export const imagesOf = (dataset: DatasetChoice): OwnDataset | undefined =>
  isOwnImages(dataset) ? imagesHere.value.get(dataset.sha256) : undefined;
