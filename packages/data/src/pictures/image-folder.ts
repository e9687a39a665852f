import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConfigError, hasControlCharacters, type OwnImages, ownImagesLimits } from '@dropout-lab/contracts';
import { RefusedFileError, readRegularFile, systemErrorCode } from '@dropout-lab/files/node';
import type { LoadedDataset } from '../loaded-dataset.ts';
import { MOST_PICTURE_BYTES, PictureError } from './decode-picture.ts';
import { type LoadPreparedOptions, readImageFile } from './image-file.ts';
import { type ListedFile, listFolder } from './list-folder.ts';
import {
  type Picture,
  type PictureSource,
  type PreparedImages,
  type PrepareOptions,
  prepareImages,
  probeShape,
  sizeOf,
} from './prepare-images.ts';
import { findPrepared, rememberPrepared, sourceKey } from './source-index.ts';

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions extends PrepareOptions {
  /** A folder of test images, with the same classes. */
  readonly test?: string | undefined;
}

/** Images of one's own: loaded, and how they came about. */
export interface OwnDataset extends LoadedDataset, Omit<PreparedImages, 'images'> {
  /** The data set of a run configuration. */
  readonly dataset: OwnImages;
}

/** A folder whose pictures are known by name, and none of which has been decoded for good. */
export interface SurveyedFolder {
  /** Without a digest, and with files that may turn out to be no pictures, unless the cache has them already. */
  readonly images: OwnImages;
  readonly validationImages: number;
  /** Decodes the pictures, unless the cache has them already. @throws What {@link imageFolder} throws. */
  readonly prepare: () => Promise<PreparedImages>;
}

/** A file system's times may be so coarse, in nanoseconds: what changed later would look the same. */
const RACY = 2_000_000_000n;

/**
 * Looks at a folder of pictures: classes, counts, and the shape that its images will have.
 *
 * @throws ConfigError as {@link imageFolder} does.
 */
export const surveyFolder = async (
  path: string,
  options: ImageFolderOptions = {},
): Promise<SurveyedFolder> => {
  const { fit = 'cover', cacheDirectory, signal } = options;
  const size = sizeOf(options);
  const title = titleOf(await realpath(path).catch(() => path));
  const listedAt = BigInt(Date.now()) * 1_000_000n;
  const { classNames, files, skipped } = await listFolder(path, { test: options.test, signal });
  if (files.length > ownImagesLimits.images)
    throw new ConfigError(
      `${path}: expected at most ${ownImagesLimits.images} pictures, found ${files.length}`,
    );
  const source: PictureSource = { title, classNames, pictures: files.map(pictureOf) };
  const of = (split: ListedFile['split']): number => files.filter((file) => file.split === split).length;
  const drawn = Math.ceil(of('any') / 5);
  const key = await sourceKey({
    classNames,
    size: size ?? null,
    fit,
    skipped,
    files: files.map(({ file, label, split, stats }) => [
      file,
      label,
      split,
      ...[stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino, stats.dev].map(String),
    ]),
  });
  const known = await findPrepared(key, cacheDirectory);
  if (known !== undefined && !(options.strict && known.skipped.length > 0)) {
    const prepared = { ...known, images: { ...known.images, title } };
    return { ...prepared, prepare: async () => prepared };
  }
  const imageShape = await probeShape(source, options);
  return {
    images: {
      kind: 'images',
      title,
      sha256: '0'.repeat(64),
      imageShape: [...imageShape],
      classNames: [...classNames],
      trainImages: files.length - of('test') - drawn,
      testImages: Math.max(1, of('test') + drawn),
      fit,
    },
    validationImages: of('validation'),
    prepare: async () => {
      const prepared = await prepareImages(source, imageShape, skipped, options);
      const isSettled = files.every(({ stats }) => stats.ctimeNs + RACY < listedAt);
      if (isSettled) await rememberPrepared(key, prepared, cacheDirectory);
      return prepared;
    },
  };
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
export const imageFolder = async (path: string, options: ImageFolderOptions = {}): Promise<OwnDataset> => {
  const { prepare } = await surveyFolder(path, options);
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
  throw new ConfigError(
    `${images.title}: expected its images in the cache, prepared on this machine, found none with SHA-256 ${images.sha256}: give their folder with --images, and they are prepared again`,
  );
};

/** The folder's name, as far as it can be shown. */
const titleOf = (path: string): string =>
  [...basename(path)]
    .filter((character) => !hasControlCharacters(character))
    .join('')
    .slice(0, ownImagesLimits.name) || 'images';

const pictureOf = ({ path, file, label, split, stats }: ListedFile): Picture => ({
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
      `${file}: expected a file that nobody writes, found it changed meanwhile: try again`,
    );
  },
});
