import { join } from 'node:path';
import { type WrittenPicture, writeParquet } from '@dropout-lab/data/node';
import { encodePng } from './encode-png.ts';
import type { ExportedSplit, ImagesToExport } from './format.ts';

/** Writes a Parquet file for each split, with PNG images: `train-00000-of-00001.parquet`. */
export const writeParquetFiles = async (
  folder: string,
  { images, splits, read }: ImagesToExport,
): Promise<readonly string[]> => {
  const rows = async function* (split: ExportedSplit): AsyncGenerator<WrittenPicture> {
    for await (const { pixels, label, number } of read(split)) {
      const bytes = await encodePng(pixels, images.imageShape);
      yield { bytes, path: `${String(number).padStart(6, '0')}.png`, label };
    }
  };
  for (const { split } of splits)
    await writeParquet(join(folder, `${split}-00000-of-00001.parquet`), images.classNames, rows(split));
  return ["In Python: datasets.load_dataset('parquet', data_dir=FOLDER)"];
};
