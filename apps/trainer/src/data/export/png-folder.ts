import { join } from 'node:path';
import { makeFolder, writeDurably } from '@dropout-lab/files/node';
import { encodePng } from './encode-png.ts';
import type { ImagesToExport } from './format.ts';

/** Writes a PNG for each image: `train/cat/000017.png`. */
export const writePngFolder = async (
  folder: string,
  { images, splits, read }: ImagesToExport,
): Promise<readonly string[]> => {
  const { imageShape, classNames } = images;
  for (const { split } of splits) {
    for (const name of classNames) await makeFolder(join(folder, split, name));
    for await (const { pixels, label, number } of read(split)) {
      const file = join(folder, split, classNames[label]!, `${String(number).padStart(6, '0')}.png`);
      writeDurably(file, await encodePng(pixels, imageShape));
    }
  }
  return [];
};
