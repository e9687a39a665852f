import { type CifarDescriptor, datasetLoaders, decodeCifar } from '@dropout-lab/cifar';
import { type DatasetChoice, datasetKey, type ImageDataset, isOwnImages } from '@dropout-lab/contracts';
import { originOf } from './origin.ts';
import { type Picture, pictureOf } from './pixels.ts';
import { createRangeReader } from './range-reader.ts';
import { sampleImages } from './sample.ts';

/** The test images of a data set; only those that are shown are loaded. */
export interface TestImages {
  readonly count: number;
  /** Returns images by their places in the test set, in the order given. */
  read(indices: readonly number[]): Promise<Picture[]>;
}

const opened = new Map<string, Promise<TestImages>>();

/**
 * Opens the test images of a data set: draws them, or finds the official file beside the runs, or takes those that ship with
 * the pages.
 *
 * @throws An Error where there are none.
 */
export const openTestImages = (dataset: DatasetChoice): Promise<TestImages> => {
  const key = `${datasetKey(dataset)} ${originOf(dataset).kind}`;
  const known = opened.get(key) ?? open(dataset);
  opened.set(key, known);
  known.catch(() => opened.delete(key));
  return known;
};

const open = async (dataset: DatasetChoice): Promise<TestImages> => {
  const origin = originOf(dataset);
  if (isOwnImages(dataset) || origin.kind === 'nowhere') {
    const title = isOwnImages(dataset) ? dataset.title : dataset;
    throw new Error(`${title}: expected its images beside the page, found none`);
  }
  const loader = datasetLoaders[dataset];
  if (loader.kind === 'drawn') return imagesInMemory(loader.draw().test);
  if (origin.kind !== 'files') return imagesInMemory((await sampleImages()).test);
  return imagesInFile(loader.files, origin.url);
};

const imagesInMemory = (images: ImageDataset): TestImages => ({
  count: images.labels.length,
  read: async (indices) => indices.map((index) => pictureOf(images, index)),
});

/** Bytes of an image without its labels. */
const IMAGE_BYTES = 32 * 32 * 3;

/** The official file of ten thousand test images is 30 MB, and a page shows two dozen of them. */
const imagesInFile = async (descriptor: CifarDescriptor, folder: string): Promise<TestImages> => {
  const [file] = descriptor.files.filter(({ split }) => split === 'test');
  const record = descriptor.labels.length + IMAGE_BYTES;
  const reader = await createRangeReader(`${folder}/${file!.name}`, record);
  const known = new Map<number, Picture>();

  /** Loads a row of neighbours by one request. */
  const load = async ([first, last]: readonly [number, number]): Promise<void> => {
    const bytes = await reader.read(first * record, (last + 1) * record - 1);
    const images = decodeCifar(descriptor, [{ name: file!.name, bytes }]);
    for (let i = first; i <= last; i++) known.set(i, pictureOf(images, i - first, i));
  };

  return {
    count: Math.floor(reader.size / record),
    read: async (indices) => {
      await Promise.all(rowsOf(indices.filter((index) => !known.has(index))).map(load));
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
