import { join } from 'node:path';
import { cacheDirectory } from '@dropout-lab/files/node';
import type { CifarDescriptor } from '../datasets.ts';

/** The folder to look into. */
export interface DataFolderOptions {
  /** A folder with the official `.bin` files. */
  readonly directory?: string | undefined;
  /** The folder of all data sets; `cacheDirectory()` of @dropout-lab/files by default. */
  readonly cacheDirectory?: string | undefined;
}

/** Returns the folder of a data set's files: `directory`, or its own in the cache. */
export const dataFolder = (dataset: CifarDescriptor, options: DataFolderOptions): string =>
  options.directory ?? join(options.cacheDirectory ?? cacheDirectory(), dataset.directory);
