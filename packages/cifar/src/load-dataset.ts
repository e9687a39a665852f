import type { DatasetName } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import { datasetLoaders } from './dataset-table.ts';
import { type LoadCifarOptions, loadCifar } from './load-cifar.ts';

/**
 * Loads a data set by the name that a run configuration has for it: its files as {@link loadCifar} does, or drawn.
 *
 * @throws What {@link loadCifar} throws.
 */
export const loadDataset = async (
  name: DatasetName,
  options: LoadCifarOptions = {},
): Promise<LoadedDataset> => {
  const loader = datasetLoaders[name];
  return loader.kind === 'drawn' ? loader.draw(options.limits) : loadCifar(loader.files, options);
};
