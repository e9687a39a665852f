import { CIFAR_DATASETS } from '@dropout-lab/cifar';
import { type CifarData, type CifarProgress, loadCifar } from '@dropout-lab/cifar/node';
import { ConfigError, type RunConfig } from '@dropout-lab/contracts';
import { bar, megabytes } from './format.ts';
import type { Reporter } from './reporter.ts';

export interface DataOptions {
  /** A folder that has the official binary files; nothing is fetched then. */
  readonly dataDir?: string;
  /** Addresses of the official archive to try before the official one. */
  readonly mirror?: string[];
}

/** Loads a data set, fetching it first when it is not in the cache. */
export const loadData = (
  dataset: RunConfig['dataset'],
  { dataDir, mirror }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<CifarData> =>
  loadCifar(CIFAR_DATASETS[dataset], {
    directory: dataDir,
    mirrors: mirror,
    onProgress: (progress) => reporter.progress(fetchLine(progress)),
    onNotice: (notice) => reporter.line(notice),
    signal,
  });

/** Loads data sets as {@link loadData} does, each once; one that failed is tried again. */
export const dataLoader = (
  options: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): ((dataset: RunConfig['dataset']) => Promise<CifarData>) => {
  const loaded = new Map<RunConfig['dataset'], CifarData>();
  return async (dataset) => {
    const data = loaded.get(dataset) ?? (await loadData(dataset, options, reporter, signal));
    loaded.set(dataset, data);
    return data;
  };
};

export const fetchLine = ({ stage, source, done, total, unit }: CifarProgress): string => {
  const amount = unit === 'bytes' ? `${megabytes(done)} of ${megabytes(total)}` : `${done} of ${total} files`;
  return `${stage === 'download' ? 'Downloading' : 'Unpacking'} CIFAR (${source}) ${bar(done / total)} ${amount}`;
};

/**
 * Refuses, before anything is fetched, a configuration that its data set cannot serve.
 *
 * @throws ConfigError
 */
export const checkAgainstDataset = ({ dataset, limitTrain, limitTest, model }: RunConfig): void => {
  const { files, labels, target, title } = CIFAR_DATASETS[dataset];
  const count = (split: string): number =>
    files.filter((file) => file.split === split).reduce((sum, { images }) => sum + images, 0);
  requireAtMost('limitTrain', limitTrain, count('train'));
  requireAtMost('limitTest', limitTest, count('test'));
  const numClasses = labels[target]!.classNames.length;
  if (model.numClasses !== numClasses) {
    throw new ConfigError(
      `run configuration: model.numClasses: expected ${numClasses}, the classes of ${title}, received ${model.numClasses}`,
      ['model', 'numClasses'],
    );
  }
};

const requireAtMost = (name: string, count: number | null, available: number): void => {
  if (count !== null && count > available) {
    throw new ConfigError(
      `run configuration: ${name}: expected at most ${available} images, received ${count}`,
      [name],
    );
  }
};
