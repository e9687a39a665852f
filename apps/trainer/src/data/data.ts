import { type CifarProgress, loadDataset } from '@dropout-lab/cifar/node';
import { ConfigError, type DatasetName, datasetOf, type RunManifest } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import { bar, megabytes } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';

export interface DataOptions {
  /** A folder that has the official binary files; nothing is fetched then. */
  readonly dataDir?: string;
  /** Addresses of the official archive to try before the official one. */
  readonly mirror?: string[];
}

/** Loads a data set, fetching it first when it is not in the cache. */
export const loadData = (
  dataset: DatasetName,
  { dataDir, mirror }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<LoadedDataset> =>
  loadDataset(dataset, {
    directory: dataDir,
    mirrors: mirror,
    onProgress: (progress) => reporter.progress(fetchLine(datasetOf(dataset).title, progress)),
    onNotice: (notice) => reporter.line(notice),
    signal,
  });

/** Loads data sets as {@link loadData} does, each once; one that failed is tried again. */
export const dataLoader = (
  options: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): ((dataset: DatasetName) => Promise<LoadedDataset>) => {
  const loaded = new Map<DatasetName, LoadedDataset>();
  return async (dataset) => {
    const data = loaded.get(dataset) ?? (await loadData(dataset, options, reporter, signal));
    loaded.set(dataset, data);
    return data;
  };
};

export const fetchLine = (title: string, { stage, source, done, total, unit }: CifarProgress): string => {
  const amount = unit === 'bytes' ? `${megabytes(done)} of ${megabytes(total)}` : `${done} of ${total} files`;
  return `${stage === 'download' ? 'Downloading' : 'Unpacking'} ${title} (${source}) ${bar(done / total)} ${amount}`;
};

/**
 * Refuses a run whose images are no data set that could be loaded: those of its configuration would be other ones.
 *
 * @param what What was to be done with the run, for the error.
 * @throws ConfigError
 */
export const requireLoadable = ({ data, config }: RunManifest, what: string): void => {
  if (data.dataset === config.dataset) return;
  throw new ConfigError(
    `${what}: expected a run on a data set by name, such as ${config.dataset}, found one on ${data.dataset}: load it in a program, and give the images there`,
  );
};
