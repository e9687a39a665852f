import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type CifarDescriptor, datasetLoaders } from '@dropout-lab/cifar';
import { describeCifar } from '@dropout-lab/cifar/node';
import { type DatasetChoice, datasetKey, isOwnImages } from '@dropout-lab/contracts';
import { imageFileLayout } from '@dropout-lab/data';
import { cacheDirectory } from '@dropout-lab/files/node';
import { OWN_IMAGES_FILE } from '../shared/images/own-images-file.ts';

/** A file of images on this machine. */
export interface ImageFile {
  /** Its folder's real path. */
  readonly folder: string;
  readonly path: string;
}

/** The data sets that are files, by name; pages draw the others by themselves. */
const withFiles: readonly (readonly [string, CifarDescriptor])[] = Object.entries(datasetLoaders).flatMap(
  ([name, loader]) => (loader.kind === 'files' ? [[name, loader.files] as const] : []),
);

/**
 * Returns the official files of every data set by the name that pages request: `cifar10/test_batch.bin`.
 *
 * @param dataFolder The folder that has the folders of data sets.
 */
export const imageFiles = (dataFolder = cacheDirectory()): ReadonlyMap<string, ImageFile> =>
  new Map(
    withFiles.flatMap(([name, { directory, files }]) => {
      const folder = realPath(join(dataFolder, directory));
      return files.map((file): [string, ImageFile] => [
        `${name}/${file.name}`,
        { folder, path: join(folder, file.name) },
      ]);
    }),
  );

/** A file of images that pages request by a name: `images-6b2f…/images.bin`. */
export interface OwnImagesFile extends ImageFile {
  readonly name: string;
  /** Its length, where nothing is wrong with it. */
  readonly bytes: number;
}

/**
 * Returns the file in the cache that has a user's own images; undefined for a data set that is known by its name.
 *
 * @param dataFolder The folder of the cache.
 */
export const ownImagesFile = (
  dataset: DatasetChoice,
  dataFolder = cacheDirectory(),
): OwnImagesFile | undefined => {
  if (!isOwnImages(dataset)) return undefined;
  const { path, bytes } = imageFileLayout(dataset);
  const folder = realPath(dataFolder);
  return { name: `${datasetKey(dataset)}/${OWN_IMAGES_FILE}`, folder, path: join(folder, path), bytes };
};

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Returns the data sets whose files are all there; whoever reads them verifies their contents. */
export const findImages = async (dataFolder = cacheDirectory()): Promise<string[]> => {
  const found: string[] = [];
  for (const [name, dataset] of withFiles) {
    const { files } = await describeCifar(dataset, { cacheDirectory: dataFolder });
    if (files.every(({ bytes }) => bytes !== null)) found.push(name);
  }
  return found;
};
