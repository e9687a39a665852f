import { ConfigError } from '@dropout-lab/contracts';
import { RefusedFileError, readRegularFile, systemErrorSentence } from '@dropout-lab/files/node';
import { type ImageFolderOptions, loadSurveyed } from '../pictures/image-folder.ts';
import type { OwnDataset } from '../pictures/own-dataset.ts';
import type { PictureSplit } from '../pictures/prepare-pictures.ts';
import { requireOthers } from '../pictures/require-others.ts';
import { identityOf, now, type SurveyedImages, surveyImages, titleOf } from '../pictures/survey-images.ts';
import { type ListedShards, listShards, type Shard } from './list-shards.ts';
import { type ByteSource, openParquetImages } from './parquet-images.ts';
import { type NamedParquet, picturesOfParquet } from './parquet-source.ts';

/**
 * Looks at Parquet files of pictures: classes, counts, and the shape that their images will have.
 *
 * @returns Undefined where there are none.
 * @throws ConfigError as {@link parquet} does.
 */
export const surveyParquet = async (
  path: string,
  options: ImageFolderOptions = {},
): Promise<SurveyedImages | undefined> => {
  const at = now();
  const listed = await listShards(path);
  if (listed === undefined) return undefined;
  const tested = options.test === undefined ? undefined : await testShards(path, listed, options.test);
  const shards = withSplits(listed.shards, tested?.shards);
  const files: NamedParquet[] = [];
  for (const shard of shards) {
    options.signal?.throwIfAborted();
    const images = await openParquetImages(shard.file, bytesOf(shard));
    files.push({ name: shard.file, split: shard.split, images });
  }
  const skipped = [...listed.skipped, ...(tested?.skipped ?? [])];
  const title = await titleOf(path.replace(/\.parquet$/i, ''));
  const source = await picturesOfParquet(title, files, skipped);
  const identity = shards.map(({ file, split, stats }) => [file, split, ...identityOf(stats)]);
  return surveyImages(source, { path, identity, stats: shards.map(({ stats }) => stats), at }, options);
};

/**
 * Loads the pictures of a Parquet file as training and test images, or of a folder of such files with a split in the name of
 * each, `train-00000-of-00002.parquet`: Hugging Face's layout, a column of images, one of labels, and the names of the
 * classes in the metadata. Without test images, a fifth of each class is taken, the same in every call. Pictures are decoded
 * once, and kept in the cache. Rows without a picture that can be read are skipped and named.
 *
 * @param path Of the file, or the folder.
 * @returns Images uint8 [n, height, width, channels], with one channel when all are grey; labels as bytes, or 16 bits above
 *   256 classes.
 * @throws ConfigError when a file is damaged or has other columns, or a class has no picture that can be read.
 * @throws DropoutLabError when the cache cannot be written.
 */
export const parquet = async (path: string, options: ImageFolderOptions = {}): Promise<OwnDataset> => {
  const surveyed = await surveyParquet(path, options);
  if (surveyed !== undefined) return loadSurveyed(surveyed, options);
  throw new ConfigError(
    `${path}: expected a Parquet file, or a folder of some, whose names end in .parquet, found none: give one, or load a folder of pictures by imageFolder`,
  );
};

const testShards = async (path: string, { shards }: ListedShards, test: string): Promise<ListedShards> => {
  await requireOthers(path, test);
  const own = shards.find(({ split }) => split === 'test');
  if (own !== undefined) {
    throw new ConfigError(
      `--test ${test}: expected ${path} to have no test images of its own, found ${own.file}: leave --test out, or give the files of training images alone`,
    );
  }
  const listed = await listShards(test);
  if (listed !== undefined) return listed;
  throw new ConfigError(
    `--test ${test}: expected a Parquet file, or a folder of some, as ${path} is, found none: give one`,
  );
};

/** Without test images some are drawn of the training images. */
const withSplits = (shards: readonly Shard[], tested: readonly Shard[] | undefined): readonly Shard[] => {
  const isTested = tested !== undefined || shards.some(({ split }) => split === 'test');
  const splitOf = (split: PictureSplit): PictureSplit =>
    isTested ? (split === 'any' ? 'train' : split) : split === 'train' ? 'any' : split;
  return [
    ...shards.map((shard): Shard => ({ ...shard, split: splitOf(shard.split) })),
    ...(tested ?? []).map((shard): Shard => ({ ...shard, split: 'test' })),
  ];
};

/** Reads parts of a file, and refuses one that was changed since it was listed. */
const bytesOf = ({ path, file, stats }: Shard): ByteSource => ({
  byteLength: Number(stats.size),
  read: async (start, end) => {
    const { bytes, stats: found } = await readRegularFile(path, {
      limit: Number.POSITIVE_INFINITY,
      offset: start,
      length: end - start,
    }).catch((cause) => {
      if (!(cause instanceof RefusedFileError) && cause?.syscall === undefined) throw cause;
      throw new ConfigError(systemErrorSentence(cause, path, 'a Parquet file of images'), [], { cause });
    });
    if (BigInt(found.size) !== stats.size || Math.abs(found.mtimeMs - Number(stats.mtimeNs) / 1e6) >= 1) {
      throw new ConfigError(
        `${file}: expected a file that nothing else writes, found it changed meanwhile: try again`,
      );
    }
    const { buffer, byteOffset, byteLength } = bytes;
    const whole = buffer as ArrayBuffer;
    return byteLength === whole.byteLength ? whole : whole.slice(byteOffset, byteOffset + byteLength);
  },
});
