import type { LoadedDataset } from '@dropout-lab/data';

/** Loads the real images that ship with the pages, 250 for training and 100 for testing. Threads get them from the page. */
export const sampleImages = async (): Promise<LoadedDataset> =>
  (await import('@dropout-lab/cifar/sample')).loadSample();
