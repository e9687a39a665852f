import { type CifarDescriptor, datasetLoaders } from '@dropout-lab/cifar';
import { describeCifar, fetchCifar, loadDataset, verifyCifar } from '@dropout-lab/cifar/node';
import { type DatasetName, datasetOf } from '@dropout-lab/contracts';
import { channelStatistics } from '@dropout-lab/data';
import { megabytes } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { channelsLine } from './channels.ts';
import { type DataOptions, fetchLine } from './data.ts';

/** The files of a data set; undefined, with a line that says so, of one that is drawn. */
const filesOf = (dataset: DatasetName, reporter: Reporter): CifarDescriptor | undefined => {
  const loader = datasetLoaders[dataset];
  if (loader.kind === 'files') return loader.files;
  reporter.line(`${datasetOf(dataset).title}: drawn by a program, the same everywhere; there are no files`);
  return undefined;
};

/** `dropout-lab data fetch`: has the data set in the cache, verified. @returns The exit code. */
export const fetchCommand = async (
  dataset: DatasetName,
  { mirror }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const descriptor = filesOf(dataset, reporter);
  if (descriptor === undefined) return 0;
  const { directory, source, files } = await fetchCifar(descriptor, {
    mirrors: mirror,
    onProgress: (progress) => reporter.progress(fetchLine(descriptor.title, progress)),
    onNotice: (notice) => reporter.line(notice),
    signal,
  });
  const origin = source === 'cache' ? 'in the cache already' : `from ${source}`;
  reporter.line(`${descriptor.title}: ${files.length} files, verified, ${origin}: ${directory}`);
  return 0;
};

/** `dropout-lab data verify`: says of each file whether it is what it must be. @returns The exit code, 1 when one is not. */
export const verifyCommand = async (
  dataset: DatasetName,
  { dataDir }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const descriptor = filesOf(dataset, reporter);
  if (descriptor === undefined) return 0;
  const files = await verifyCifar(descriptor, { directory: dataDir, signal });
  for (const { name, status, expected, found } of files) {
    reporter.line(
      status === 'ok' ? `${name}: ok` : `${name}: ${status}: expected ${expected}, found ${found}`,
    );
  }
  return files.every(({ status }) => status === 'ok') ? 0 : 1;
};

/** `dropout-lab data info`: what the data set is and what of it is here. @returns The exit code. */
export const infoCommand = async (
  dataset: DatasetName,
  { dataDir }: DataOptions,
  reporter: Reporter,
): Promise<number> => {
  const { title, trainImages, testImages, imageShape, classNames } = datasetOf(dataset);
  reporter.line(`${title}: ${trainImages} training and ${testImages} test images`);
  reporter.line(`Images: ${imageShape.join(' x ')}`);
  reporter.line(`Classes: ${classNames.join(', ')}`);
  const descriptor = filesOf(dataset, reporter);
  if (descriptor === undefined) {
    reporter.line(await statisticsLine(dataset, undefined));
    return 0;
  }
  const info = await describeCifar(descriptor, { directory: dataDir });
  reporter.line(`Folder: ${info.directory}`);
  for (const { name, bytes } of info.files)
    reporter.line(`  ${name}: ${bytes === null ? 'missing' : megabytes(bytes)}`);
  if (info.partialBytes > 0) reporter.line(`  unfinished download: ${megabytes(info.partialBytes)}`);
  // Without all of the files there would be others' statistics.
  if (info.files.every(({ bytes }) => bytes !== null))
    reporter.line(await statisticsLine(dataset, info.directory));
  return 0;
};

const statisticsLine = async (dataset: DatasetName, directory: string | undefined): Promise<string> =>
  channelsLine(channelStatistics((await loadDataset(dataset, { directory })).train));
