import { type CifarDescriptor, decodeCifar } from '@dropout-lab/cifar';
import type { ImageDataset, OwnImages } from '@dropout-lab/contracts';
import { imageFileLayout } from '@dropout-lab/data';
import { OWN_IMAGES_FILE } from './own-images-file.ts';
import { type Picture, pictureOf } from './pixels.ts';
import { createRangeReader } from './range-reader.ts';

/** The test images of a data set; only those that are shown are loaded. */
export interface TestImages {
  readonly count: number;
  /** Returns images by their places in the test set, in the order given. */
  read(indices: readonly number[]): Promise<Picture[]>;
}

/** Bytes of an image without its labels. */
const IMAGE_BYTES = 32 * 32 * 3;

/** Opens an official file of test images, by range requests: ten thousand are 30 MB, and a page shows two dozen of them. */
export const openCifarFile = async (descriptor: CifarDescriptor, folder: string): Promise<TestImages> => {
  const [file] = descriptor.files.filter(({ split }) => split === 'test');
  const record = descriptor.labels.length + IMAGE_BYTES;
  const reader = await createRangeReader(`${folder}/${file!.name}`, record);
  return imagesInRows(Math.floor(reader.size / record), async (first, last) => {
    const bytes = await reader.read(first * record, (last + 1) * record - 1);
    return decodeCifar(descriptor, [{ name: file!.name, bytes }]);
  });
};

/**
 * Opens the file that a user's own pictures were decoded to, by range requests.
 *
 * @throws An Error when it is not as the data set describes it.
 */
export const openOwnFile = async (dataset: OwnImages, folder: string): Promise<TestImages> => {
  const { title, trainImages, testImages, imageShape, classNames } = dataset;
  const { bytes, labelsAt, pixelsAt, imageBytes } = imageFileLayout(dataset);
  const reader = await createRangeReader(`${folder}/${OWN_IMAGES_FILE}`, 1);
  if (reader.size !== bytes) {
    throw new Error(
      `${title}: expected a file of ${bytes} bytes with its images, found one of ${reader.size}: prepare them again with dropout-lab train --images PATH`,
    );
  }
  const read = (at: number, size: number, first: number, last: number): Promise<Uint8Array> =>
    reader.read(at + (trainImages + first) * size, at + (trainImages + last + 1) * size - 1);
  return imagesInRows(testImages, async (first, last) => {
    const [labels, images] = await Promise.all([
      read(labelsAt, 2, first, last),
      read(pixelsAt, imageBytes, first, last),
    ]);
    // Little-endian, wherever they begin.
    const own = Uint16Array.from(
      { length: labels.length / 2 },
      (_, i) => labels[2 * i]! | (labels[2 * i + 1]! << 8),
    );
    return { images, labels: own, imageShape, classNames };
  });
};

/** @param load Loads a row of neighbours, from the first to the last. */
const imagesInRows = (
  count: number,
  load: (first: number, last: number) => Promise<ImageDataset>,
): TestImages => {
  const known = new Map<number, Picture>();
  const loadRow = async ([first, last]: readonly [number, number]): Promise<void> => {
    const images = await load(first, last);
    for (let i = first; i <= last; i++) known.set(i, pictureOf(images, i - first, i));
  };
  return {
    count,
    read: async (indices) => {
      await Promise.all(rowsOf(indices.filter((index) => !known.has(index))).map(loadRow));
      return indices.map((index) => known.get(index)!);
    },
  };
};

/** Returns the first and last of each row of numbers that follow on each other. */
const rowsOf = (numbers: readonly number[]): (readonly [number, number])[] => {
  const rows: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row && number <= row[1] + 1) row[1] = number;
    else rows.push([number, number]);
  }
  return rows;
};
