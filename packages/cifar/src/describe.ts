import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CifarDescriptor } from './datasets.ts';
import { type DataFolderOptions, dataFolder } from './fetch/data-folder.ts';

/** A data set on this machine, as far as it is known without reading its files. */
export interface CifarInfo {
  readonly title: string;
  readonly directory: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly classNames: readonly string[];
  /** Each file's size on disk in bytes, or null where it is missing. */
  readonly files: readonly { readonly name: string; readonly bytes: number | null }[];
  /** Bytes of an unfinished archive download, which the next fetch continues; 0 when there is none. */
  readonly partialBytes: number;
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

/** Describes a data set in the cache (or in `directory`) without verifying it. */
export const describeCifar = async (
  dataset: CifarDescriptor,
  options: DataFolderOptions = {},
): Promise<CifarInfo> => {
  const directory = dataFolder(dataset, options);
  const imagesOf = (split: 'train' | 'test') =>
    dataset.files.reduce((sum, file) => sum + (file.split === split ? file.images : 0), 0);
  return {
    title: dataset.title,
    directory,
    trainImages: imagesOf('train'),
    testImages: imagesOf('test'),
    classNames: dataset.labels[dataset.target]!.classNames,
    files: await Promise.all(
      dataset.files.map(async ({ name }) => ({ name, bytes: await sizeOf(join(directory, name)) })),
    ),
    partialBytes: (await sizeOf(join(directory, `${dataset.archive.fileName}.partial`))) ?? 0,
  };
};
