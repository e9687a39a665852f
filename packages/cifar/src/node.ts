export { type CifarInfo, describeCifar } from './describe.ts';
export type { DataFolderOptions } from './fetch/data-folder.ts';
export { type CifarSourceFailure, CifarUnavailableError, type FetchCifarOptions } from './fetch/fetch.ts';
export type { CifarFileStatus } from './fetch/file-status.ts';
export type { CifarProgress, CifarSourceName } from './fetch/source.ts';
export { CifarStorageError } from './fetch/storage.ts';
export {
  type FetchedCifar,
  fetchCifar,
  type LoadCifarOptions,
  loadCifar,
  verifyCifar,
} from './load-cifar.ts';
export { loadDataset } from './load-dataset.ts';
export { requireDataFolder } from './require-data-folder.ts';
