export { type DatasetLoader, datasetLoaders } from './dataset-table.ts';
export {
  CIFAR10,
  CIFAR10_CLASS_NAMES,
  CIFAR100,
  CIFAR100_CLASS_NAMES,
  type CifarArchive,
  type CifarDescriptor,
  type CifarFile,
  type CifarLabel,
  type CifarNpmPackage,
} from './datasets.ts';
export { type CifarFileBytes, decodeCifar, encodeCifar10 } from './decode.ts';
export { CifarDownloadError, type CifarFileFault, CifarFormatError } from './errors.ts';
export { type LoadFromUrlsOptions, loadCifarFromUrls } from './load-cifar-from-urls.ts';
