import { CIFAR10, type CifarData, loadCifarFromUrls } from '@dropout-lab/cifar';

/** The official images under an address, of the training files as many as have the first `limit` images. */
export const fetchImages = (baseUrl: string, limit: number | null): Promise<CifarData> => {
  let before = 0;
  const files = CIFAR10.files.filter(({ split, images }) => {
    if (split === 'test') return true;
    const isNeeded = limit === null || before < limit;
    before += images;
    return isNeeded;
  });
  return loadCifarFromUrls({ ...CIFAR10, files }, { baseUrl });
};

/** The real images that ship with the pages: 250 to train on and 100 to test with. */
export const sampleImages = async (): Promise<CifarData> =>
  (await import('@dropout-lab/cifar/sample')).loadSample();
