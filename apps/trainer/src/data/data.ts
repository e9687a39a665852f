import { type CifarProgress, loadDataset, requireDataFolder } from '@dropout-lab/cifar/node';
import {
  ConfigError,
  datasetKey,
  datasetOf,
  isOwnImages,
  type RunConfig,
  type RunManifest,
} from '@dropout-lab/contracts';
import type { ImageLimits, RunImages } from '@dropout-lab/data';
import { bar, megabytes } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { findOwnImages, type ImagesOptions } from './own-images.ts';

export interface DataOptions extends ImagesOptions {
  /** A folder that has the official binary files; nothing is fetched then. */
  readonly dataDir?: string;
  /** Addresses of the official archive to try before the official one. */
  readonly mirror?: string[];
}

/**
 * Loads the images of runs on one data set, as many as they use, fetching them first when they are not in the cache. Images of
 * one's own that are many stay there, and are read batch by batch.
 */
export const loadRunData = async (
  configs: readonly [RunConfig, ...RunConfig[]],
  options: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunImages> => {
  const [{ dataset }] = configs;
  const { dataDir, mirror, images } = options;
  const limits = limitsOf(configs);
  if (isOwnImages(dataset)) {
    const { loadRunImages } = await import('@dropout-lab/data/node');
    await findOwnImages(dataset, options, reporter, signal);
    return loadRunImages(dataset, { limits, signal });
  }
  if (images !== undefined) {
    throw new ConfigError(
      `--images ${images}: expected a run on your own images, found one on ${datasetOf(dataset).title}: leave --images out`,
    );
  }
  return loadDataset(dataset, {
    directory: dataDir,
    mirrors: mirror,
    limits,
    onProgress: (progress) => reporter.progress(fetchLine(datasetOf(dataset).title, progress)),
    onNotice: (notice) => reporter.line(notice),
    signal,
  });
};

/**
 * Refuses a folder that lacks images of one of the runs, or that none would be read from, before there is more to do.
 *
 * @throws ConfigError
 */
export const requireImages = async (
  configs: readonly RunConfig[],
  { dataDir, mirror }: Pick<DataOptions, 'dataDir' | 'mirror'>,
): Promise<void> => {
  const option = dataDir === undefined ? mirror && '--mirror' : '--data-dir';
  if (option === undefined) return;
  for (const dataset of new Set(configs.map((config) => config.dataset))) {
    if (isOwnImages(dataset)) {
      throw new ConfigError(
        `${option}: expected a run on a data set that is fetched, such as cifar10, found one on your own images, ${dataset.title}: leave it out; --images says where these are`,
      );
    }
    if (dataDir !== undefined) await requireDataFolder(dataset, dataDir);
  }
};

/** The most images of each split that one of the runs uses. */
const limitsOf = (configs: readonly RunConfig[]): ImageLimits => {
  const most = (limits: readonly (number | null)[]): number | null =>
    limits.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0);
  return {
    train: most(configs.map(({ limitTrain }) => limitTrain)),
    test: most(configs.map(({ limitTest }) => limitTest)),
  };
};

/** Loads the data sets of some runs as {@link loadRunData} does, each once; one that failed is tried again. */
export const dataLoader = (
  configs: readonly RunConfig[],
  options: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): ((config: RunConfig) => Promise<RunImages>) => {
  const loaded = new Map<string, RunImages>();
  return async (config) => {
    const { dataset } = config;
    const key = datasetKey(dataset);
    const others = configs.filter((other) => datasetKey(other.dataset) === key);
    const data = loaded.get(key) ?? (await loadRunData([config, ...others], options, reporter, signal));
    loaded.set(key, data);
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
  if (data.dataset === datasetKey(config.dataset)) return;
  throw new ConfigError(
    `${what}: expected a run on a data set by name, such as cifar10, or on your own pictures, found one on ${data.dataset}: load it in a program, and give the images there`,
  );
};
