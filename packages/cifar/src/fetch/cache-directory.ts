import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { CifarDescriptor } from '../datasets.ts';

/**
 * The folder that holds every data set: `DROPOUT_LAB_CACHE` where set, else the platform's cache folder
 * (`~/.cache/dropout-lab`, `~/Library/Caches/dropout-lab`, `%LOCALAPPDATA%\dropout-lab\Cache`).
 */
export const cacheDirectory = (): string => {
  const chosen = process.env['DROPOUT_LAB_CACHE'];
  return chosen ? resolve(chosen) : envPaths('dropout-lab', { suffix: '' }).cache;
};

/** Which folder to look into. */
export interface DataFolderOptions {
  /** A folder that holds the official `.bin` files. */
  readonly directory?: string | undefined;
  /** The folder of all data sets; {@link cacheDirectory} by default. */
  readonly cacheDirectory?: string | undefined;
}

/** Where a data set's files are: `directory`, or its own folder in the cache. */
export const dataFolder = (dataset: CifarDescriptor, options: DataFolderOptions): string =>
  options.directory ?? join(options.cacheDirectory ?? cacheDirectory(), dataset.directory);
