export { cacheDirectory, type DataFolderOptions } from './cache-directory.ts';
export type { CifarData } from './data.ts';
export { type CifarInfo, describeCifar } from './describe.ts';
export { type CifarSourceFailure, CifarUnavailableError, type FetchCifarOptions } from './fetch.ts';
export type { CifarFileStatus } from './file-status.ts';
export { type FetchedCifar, fetchCifar, type LoadCifarOptions, loadCifar, verifyCifar } from './load.ts';
export { loadDataset } from './load-dataset.ts';
export type { CifarProgress, CifarSourceName } from './source.ts';
export { CifarStorageError } from './storage.ts';
