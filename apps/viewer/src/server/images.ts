import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type CifarDescriptor, datasetLoaders } from '@dropout-lab/cifar';
import { describeCifar } from '@dropout-lab/cifar/node';
import { cacheDirectory } from '@dropout-lab/files/node';

/** An official file of a data set on this machine. */
interface ImageFile {
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
