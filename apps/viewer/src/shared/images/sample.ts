import type { LoadedDataset } from '@dropout-lab/data';

/** The real images that ship with the pages: 250 to train on and 100 to test with. Threads get them from the page. */
export const sampleImages = async (): Promise<LoadedDataset> =>
  (await import('@dropout-lab/cifar/sample')).loadSample();
