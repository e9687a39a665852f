import { ConfigError } from '@dropout-lab/contracts';
import type { OwnDataset } from '@dropout-lab/data';
import type { OwnImagesOptions } from './own-images-options.ts';
import type { Platform } from './platform.ts';

/** Options of the function that loads a Parquet file of pictures. */
export interface ParquetOptions extends OwnImagesOptions {
  /** Test images, with the same classes, given as the training images are: a path or the content. */
  readonly test?: string | Blob | undefined;
}

/** Returns the function that loads a Parquet file of pictures. */
export const parquetOn =
  ({ loadParquetFile, decodePicture }: Pick<Platform, 'loadParquetFile' | 'decodePicture'>) =>
  async (file: string | Blob, options: ParquetOptions = {}): Promise<OwnDataset> => {
    const { test, ...others } = options;
    if (typeof file === 'string') {
      if (test instanceof Blob)
        throw refusal('test: expected a path, as the training images have, found the content');
      return loadParquetFile(file, { ...others, test });
    }
    if (!(file instanceof Blob))
      throw refusal(`expected a path or the content, a Blob, received ${typeof file}`);
    if (typeof test === 'string')
      throw refusal(`test: expected the content, as of the training images, found ${test}`);
    const { parquetInMemory } = await import('@dropout-lab/data/parquet');
    return parquetInMemory(file, await decodePicture(), { ...others, test });
  };

const refusal = (what: string): ConfigError =>
  new ConfigError(`parquet: ${what}: give paths in Node, or files that a page was given`);
