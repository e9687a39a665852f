import { datasetLoaders, loadCifarFromUrls } from '@dropout-lab/cifar';
import { type DatasetChoice, isOwnImages } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import type { ImageOrigin } from '../../images/origin.ts';

/**
 * Loads the images of a data set; of its files those that have the first `limit` training images.
 *
 * @param given Returns the images that the page has: those that ship with it, or were decoded on it.
 */
export const loadImages = (
  dataset: DatasetChoice,
  origin: ImageOrigin,
  limit: number | null,
  given: () => Promise<LoadedDataset>,
): LoadedDataset | Promise<LoadedDataset> => {
  if (isOwnImages(dataset)) {
    if (origin.kind === 'here') return given();
    throw new Error(
      `${dataset.title}: expected its images on this page, found none: choose their folder again`,
    );
  }
  const loader = datasetLoaders[dataset];
  if (loader.kind === 'drawn') return loader.draw();
  switch (origin.kind) {
    case 'files': {
      const { files } = loader;
      return loadCifarFromUrls({ ...files, files: firstFiles(files.files, limit) }, { baseUrl: origin.url });
    }
    case 'sample':
      return given();
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
