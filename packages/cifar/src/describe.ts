import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CifarDescriptor } from './datasets.ts';
import { type DataFolderOptions, dataFolder } from './fetch/data-folder.ts';

/** What is known of a data set on this machine without reading its files. */
export interface CifarInfo {
  readonly title: string;
  readonly directory: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly classNames: readonly string[];
  /** Each file's size on disk in bytes, or null where it is missing. */
  readonly files: readonly { readonly name: string; readonly bytes: number | null }[];
  /** Bytes of an unfinished archive download that the next fetch goes on with; 0 when there is none. */
  readonly partialBytes: number;
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );

/** Describes a data set in the cache (or in `directory`): a glance, no verification. */
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
