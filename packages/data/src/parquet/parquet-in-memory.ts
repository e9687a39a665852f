import type { DecodePicture } from '../pictures/decoding/decoded-picture.ts';
import type { OwnDataset } from '../pictures/own-dataset.ts';
import { prepareInMemory } from '../pictures/prepare-in-memory.ts';
import type { PreparePicturesOptions } from '../pictures/prepare-pictures.ts';
import { openParquetImages } from './parquet-images.ts';
import { type NamedParquet, picturesOfParquet } from './parquet-source.ts';

/** Options of {@link parquetInMemory}. */
export interface ParquetOptions extends PreparePicturesOptions {
  /** A file of test images, with the same classes. */
  readonly test?: Blob | undefined;
}

/**
 * Loads the pictures of a Parquet file that a page was given, in Hugging Face's layout, as training and test images in
 * memory. Without a file of test images, a fifth of each class is taken, the same in every call.
 *
 * @param decode `decodeInBrowser` or, in Node, `decodePicture`.
 * @throws ConfigError when a file is damaged or has other columns, or a class has no picture that can be read.
 */
export const parquetInMemory = async (
  file: Blob,
  decode: DecodePicture,
  { test, ...options }: ParquetOptions = {},
): Promise<OwnDataset> => {
  const files: NamedParquet[] = [await opened(file, test === undefined ? 'any' : 'train')];
  if (test !== undefined) files.push(await opened(test, 'test'));
  const title = files[0]!.name.replace(/\.parquet$/i, '') || 'images';
  return prepareInMemory(await picturesOfParquet(title, files), decode, options);
};

const opened = async (file: Blob, split: NamedParquet['split']): Promise<NamedParquet> => {
  const name = (file as Partial<File>).name || 'the Parquet file';
  const read = (start: number, end: number): Promise<ArrayBuffer> => file.slice(start, end).arrayBuffer();
  return { name, split, images: await openParquetImages(name, { byteLength: file.size, read }) };
};
