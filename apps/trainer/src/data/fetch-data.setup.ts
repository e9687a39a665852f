import { CIFAR10 } from '@dropout-lab/cifar';
import { fetchCifar } from '@dropout-lab/cifar/node';

/** The tests train on real images: fetched once, then in the cache. */
export const setup = async (): Promise<void> => {
  const { source } = await fetchCifar(CIFAR10, { onNotice: (notice) => console.log(notice) });
  if (source !== 'cache') console.log(`CIFAR-10 fetched (${source})`);
};
