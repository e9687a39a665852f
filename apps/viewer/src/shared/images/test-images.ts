import { datasetLoaders } from '@dropout-lab/cifar';
import { type DatasetChoice, datasetKey, type ImageDataset, isOwnImages } from '@dropout-lab/contracts';
import { openCifarFile, openOwnFile, type TestImages } from './images-in-file.ts';
import { noImages, originOf } from './origin.ts';
import { imagesOf } from './own-images.ts';
import { pictureOf } from './pixels.ts';
import { sampleImages } from './sample.ts';

const opened = new Map<string, Promise<TestImages>>();

/**
 * Opens the test images of a data set: draws them, or finds their file beside the runs, or takes those that ship with the
 * pages, or those that were decoded on this page.
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
  if (origin.kind === 'nowhere') throw new Error(noImages(dataset));
  if (isOwnImages(dataset)) {
    const here = imagesOf(dataset);
    if (here) return imagesInMemory(here.test);
    if (origin.kind !== 'files') throw new Error(noImages(dataset));
    return openOwnFile(dataset, origin.url);
  }
  const loader = datasetLoaders[dataset];
  if (loader.kind === 'drawn') return imagesInMemory(loader.draw().test);
  if (origin.kind !== 'files') return imagesInMemory((await sampleImages()).test);
  return openCifarFile(loader.files, origin.url);
};

const imagesInMemory = (images: ImageDataset): TestImages => ({
  count: images.labels.length,
  read: async (indices) => indices.map((index) => pictureOf(images, index)),
});
