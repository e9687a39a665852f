import { CIFAR_DATASETS } from '@dropout-lab/cifar';
import { describeCifar, fetchCifar, verifyCifar } from '@dropout-lab/cifar/node';
import type { RunConfig } from '@dropout-lab/contracts';
import { type DataOptions, fetchLine } from './data.ts';
import { megabytes } from './format.ts';
import type { Reporter } from './reporter.ts';

type DatasetName = RunConfig['dataset'];

/** `dropout-lab data fetch`: has the data set in the cache, verified. @returns The exit code. */
export const fetchCommand = async (
  dataset: DatasetName,
  { mirror }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { directory, source, files } = await fetchCifar(CIFAR_DATASETS[dataset], {
    mirrors: mirror,
    onProgress: (progress) => reporter.progress(fetchLine(progress)),
    onNotice: (notice) => reporter.line(notice),
    signal,
  });
  const origin = source === 'cache' ? 'in the cache already' : `from ${source}`;
  reporter.line(`${CIFAR_DATASETS[dataset].title}: ${files.length} files, verified, ${origin}: ${directory}`);
  return 0;
};

/** `dropout-lab data verify`: says of each file whether it is what it must be. @returns The exit code, 1 when one is not. */
export const verifyCommand = async (
  dataset: DatasetName,
  { dataDir }: DataOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const files = await verifyCifar(CIFAR_DATASETS[dataset], { directory: dataDir, signal });
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
  const info = await describeCifar(CIFAR_DATASETS[dataset], { directory: dataDir });
  reporter.line(`${info.title}: ${info.trainImages} training and ${info.testImages} test images`);
  reporter.line(`Classes: ${info.classNames.join(', ')}`);
  reporter.line(`Folder: ${info.directory}`);
  for (const { name, bytes } of info.files)
    reporter.line(`  ${name}: ${bytes === null ? 'missing' : megabytes(bytes)}`);
  if (info.partialBytes > 0) reporter.line(`  unfinished download: ${megabytes(info.partialBytes)}`);
  return 0;
};
