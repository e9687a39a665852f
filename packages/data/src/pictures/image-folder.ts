import { ConfigError, type OwnImages } from '@dropout-lab/contracts';
import { RefusedFileError, readRegularFile, systemErrorCode } from '@dropout-lab/files/node';
import type { LoadedDataset } from '../loaded-dataset.ts';
import type { RunImages } from '../prepare-run-data.ts';
import { MOST_PICTURE_BYTES, PictureError } from './decoding/decoded-picture.ts';
import {
  type LoadPreparedOptions,
  type OpenedImages,
  openImageFile,
  openStoredImages,
  readImageFile,
} from './image-file.ts';
import { type DiskFile, listFolder } from './list-folder.ts';
import type { ListedPicture } from './list-pictures.ts';
import type { OwnDataset } from './own-dataset.ts';
import type { PrepareOptions } from './prepare-images.ts';
import { type Picture, type PictureSource, spreadOver } from './prepare-pictures.ts';
import { requireOthers } from './require-others.ts';
import { identityOf, now, type SurveyedImages, surveyImages, titleOf } from './survey-images.ts';

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions extends PrepareOptions {
  /** A folder of test images, with the same classes. */
  readonly test?: string | undefined;
}

/**
 * Looks at a folder of pictures: classes, counts, and the shape that its images will have.
 *
 * @throws ConfigError as {@link imageFolder} does.
 */
export const surveyFolder = async (
  path: string,
  options: ImageFolderOptions = {},
): Promise<SurveyedImages> => {
  const { test, signal } = options;
  if (test !== undefined) await requireOthers(path, test);
  const at = now();
  const { classNames, files, skipped } = await listFolder(path, { test, signal });
  const source: PictureSource = {
    title: await titleOf(path),
    classNames,
    count: files.length,
    picture: (index) => pictureOf(files[index]!),
    samples: spreadOver(files.length),
    skipped,
    remedy: 'remove its folder',
  };
  const stats = files.map(({ content }) => content.stats);
  const identity = files.map(({ file, label, split }, i) => [file, label, split, ...identityOf(stats[i]!)]);
  return surveyImages(source, { path, identity, stats, at }, options);
};

/**
 * Loads the pictures of a folder as training and test images. It has a folder for each class, or folders `train`, `test`
 * and `validation` (also `val`, `valid`) that do; without test images, a fifth of each class is taken, the same in every
 * call. Pictures are decoded once, and kept in the cache. Files that cannot be read are skipped and named.
 *
 * @param path Of the folder.
 * @returns Images uint8 [n, height, width, channels], with one channel when all are grey; labels as bytes, or 16 bits above
 *   256 classes.
 * @throws ConfigError when the folder is none of pictures in classes, or a class has no picture that can be read.
 * @throws DropoutLabError when the cache cannot be written.
 */
export const imageFolder = async (path: string, options: ImageFolderOptions = {}): Promise<OwnDataset> =>
  loadSurveyed(await surveyFolder(path, options), options);

/** Decodes pictures, unless the cache has them already, and loads their images. @throws What `prepare` throws. */
export const loadSurveyed = async (
  { prepare }: SurveyedImages,
  options: LoadPreparedOptions,
): Promise<OwnDataset> => {
  const { images, ...about } = await prepare();
  return { ...(await loadPrepared(images, options)), ...about, dataset: images };
};

/**
 * Loads images that were prepared before, from the cache.
 *
 * @throws ConfigError when they are not in the cache, or damaged.
 */
export const loadPrepared = async (
  images: OwnImages,
  options: LoadPreparedOptions = {},
): Promise<LoadedDataset> => {
  const found = await readImageFile(images, options);
  if (found !== undefined) return found;
  throw notPrepared(images);
};

/** Images of more bytes are left in their file. */
const MOST_IN_MEMORY = 2 ** 30;

/** Options of {@link loadRunImages}. */
export interface RunImagesOptions extends LoadPreparedOptions {
  /** Images of more bytes are not loaded, but read when a batch is cut; a gigabyte by default. */
  readonly mostBytes?: number | undefined;
}

/**
 * Loads images that were prepared before, from the cache, for a run; where they are large, they stay there, and each batch is
 * read when it is asked for. The batches are the same.
 *
 * @throws ConfigError when they are not in the cache, or damaged.
 */
export const loadRunImages = async (
  images: OwnImages,
  options: RunImagesOptions = {},
): Promise<RunImages> => {
  const { limits = {}, mostBytes = MOST_IN_MEMORY } = options;
  const { trainImages, testImages, imageShape } = images;
  const kept =
    Math.min(trainImages, limits.train ?? trainImages) + Math.min(testImages, limits.test ?? testImages);
  if (imageShape.reduce((product, length) => product * length, kept) <= mostBytes)
    return loadPrepared(images, options);
  const found = await openStoredImages(images, options);
  if (found !== undefined) return found;
  throw notPrepared(images);
};

/**
 * Opens images that were prepared before, in the cache, to be read a few at a time.
 *
 * @throws ConfigError when they are not in the cache, or damaged.
 */
export const openPrepared = async (
  images: OwnImages,
  options: Omit<LoadPreparedOptions, 'limits'> = {},
): Promise<OpenedImages> => {
  const found = await openImageFile(images, options);
  if (found !== undefined) return found;
  throw notPrepared(images);
};

const notPrepared = (images: OwnImages): ConfigError =>
  new ConfigError(
    `${images.title}: expected its images in the cache, prepared on this machine, found none with SHA-256 ${images.sha256}: give them again with --images, and they are prepared again`,
  );

const pictureOf = ({ file, label, split, content: { path, stats } }: ListedPicture<DiskFile>): Picture => ({
  file,
  label,
  split,
  read: async () => {
    try {
      const { bytes, stats: now } = await readRegularFile(path, { limit: MOST_PICTURE_BYTES });
      if (BigInt(now.size) === stats.size && Math.abs(now.mtimeMs - Number(stats.mtimeNs) / 1e6) < 1)
        return bytes;
    } catch (error) {
      if (error instanceof RefusedFileError) throw new PictureError(error.message, { cause: error });
      throw new PictureError(`the system says ${systemErrorCode(error) ?? String(error)}`, { cause: error });
    }
    throw new ConfigError(
      `${file}: expected a file that nothing else writes, found it changed meanwhile: try again`,
    );
  },
});
