import { datasetLoaders, loadCifarFromUrls } from '@dropout-lab/cifar';
import { type DatasetChoice, isOwnImages } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import type { ImageOrigin } from '../images/origin.ts';

/**
 * Loads the images of a data set; of its files those that have the first `limit` training images.
 *
 * @param sample Returns the images that ship with the pages.
 */
export const loadImages = (
  dataset: DatasetChoice,
  origin: ImageOrigin,
  limit: number | null,
  sample: () => Promise<LoadedDataset>,
): LoadedDataset | Promise<LoadedDataset> => {
  if (isOwnImages(dataset))
    throw new Error(`${dataset.title}: expected its images beside the page, found none`);
  const loader = datasetLoaders[dataset];
  if (loader.kind === 'drawn') return loader.draw();
  switch (origin.kind) {
    case 'files': {
      const { files } = loader;
      return loadCifarFromUrls({ ...files, files: firstFiles(files.files, limit) }, { baseUrl: origin.url });
    }
    case 'sample':
      return sample();
    default:
      throw new Error(`${dataset}: expected its images beside the page, found none`);
  }
};

const firstFiles = <File extends { readonly split: string; readonly images: number }>(
  files: readonly File[],
  limit: number | null,
): File[] => {
  let before = 0;
  return files.filter(({ split, images }) => {
    if (split === 'test') return true;
    const isNeeded = limit === null || before < limit;
    before += images;
    return isNeeded;
  });
};
