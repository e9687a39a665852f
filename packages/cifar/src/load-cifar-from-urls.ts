import type { LoadedDataset } from '@dropout-lab/data';
import type { CifarDescriptor, CifarFile } from './datasets.ts';
import { type CifarFileBytes, decodeCifar } from './decode.ts';
import { CifarDownloadError } from './errors.ts';
import { verifyBytes } from './verify.ts';

/** The address of a data set's files on the web, and a callback for progress. */
export interface LoadFromUrlsOptions {
  /** The address of the folder of the official `.bin` files. */
  readonly baseUrl: string | URL;
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Called after each file. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const urlOf = (base: string | URL, name: string): string => `${String(base).replace(/\/?$/, '/')}${name}`;

const fetchBytes = async (
  url: string,
  file: CifarFile,
  { fetch = globalThis.fetch, signal }: LoadFromUrlsOptions,
): Promise<Uint8Array> => {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new CifarDownloadError(url, file.name, `HTTP ${response.status} ${response.statusText}`.trim());
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CifarDownloadError) throw error;
    throw new CifarDownloadError(url, file.name, `a failed connection (${error})`, { cause: error });
  }
};

/**
 * Loads a data set from the official `.bin` files under a web address, each verified before use. Works in the
 * browser and in Node; keeps nothing on disk.
 *
 * @param dataset `CIFAR10` or `CIFAR100`.
 * @returns Training and test images uint8 [n, 32, 32, 3] with their labels.
 * @throws CifarDownloadError when a file is not available.
 * @throws CifarFormatError when what came is a web page, of the wrong length, or altered.
 */
export const loadCifarFromUrls = async (
  dataset: CifarDescriptor,
  options: LoadFromUrlsOptions,
): Promise<LoadedDataset> => {
  const sha256: Record<string, string> = {};
  const splits: Record<CifarFile['split'], CifarFileBytes[]> = { train: [], test: [] };
  const total = dataset.files.length;
  for (const [done, file] of dataset.files.entries()) {
    const url = urlOf(options.baseUrl, file.name);
    const bytes = await fetchBytes(url, file, options);
    sha256[file.name] = await verifyBytes(dataset, file, url, bytes);
    splits[file.split].push({ name: url, bytes });
    options.onProgress?.({ done: done + 1, total });
  }
  return {
    train: decodeCifar(dataset, splits.train),
    test: decodeCifar(dataset, splits.test),
    sha256,
    source: 'url',
  };
};
