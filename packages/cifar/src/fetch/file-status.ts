import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@dropout-lab/files';
import { isNotFound, RefusedFileError, readRegularFile, systemErrorCode } from '@dropout-lab/files/node';
import type { CifarDescriptor, CifarFile } from '../datasets.ts';
import { type CifarFileFault, CifarFormatError } from '../errors.ts';
import { verifyBytes } from '../verify.ts';
import { storeFile, storing } from './storage.ts';

/** The result of verifying one file. */
export interface CifarFileStatus {
  readonly name: string;
  readonly path: string;
  readonly split: CifarFile['split'];
  readonly status: 'ok' | CifarFileFault;
  readonly expected: string;
  readonly found: string;
  /** SHA-256 of what is there, hex; null when nothing is. */
  readonly sha256: string | null;
}

/** Called with the content of each file that is right; it is not kept. */
export type OnFile = (file: CifarFile, bytes: Uint8Array) => void;

const SUMS = 'SHA256SUMS';

/** Digests recorded when files without an official one came out of a verified archive, by file name. */
const recordedSums = async (directory: string): Promise<ReadonlyMap<string, string>> => {
  const text = await readRegularFile(join(directory, SUMS), { limit: 2 ** 20 }).then(
    ({ bytes }) => bytes.toString('utf8'),
    () => '',
  );
  return new Map([...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, hex, name]) => [name!, hex!]));
};

/** Records a digest in the folder's `SHA256SUMS`, in the format of `sha256sum --check`. */
export const recordSum = async (
  directory: string,
  name: string,
  sha256: string,
  workFolder: string,
): Promise<void> => {
  const sums = new Map(await recordedSums(directory)).set(name, sha256);
  const text = [...sums].map(([file, hex]) => `${hex}  ${file}\n`).join('');
  await storeFile(join(directory, SUMS), text, workFolder);
};

/** In bytes; the largest official file has 154 MB. */
const LARGEST_FILE = 2 ** 28;

const readIfThere = async (path: string): Promise<Uint8Array | RefusedFileError | null> => {
  try {
    return (await readRegularFile(path, { limit: LARGEST_FILE })).bytes;
  } catch (error) {
    if (error instanceof RefusedFileError) return error;
    if (isNotFound(error)) return null;
    const code = systemErrorCode(error) ?? '';
    if (['ELOOP', 'EACCES', 'EPERM'].includes(code))
      return new RefusedFileError(`it is unreadable (${code})`, 'check its permissions');
    throw error;
  }
};

/** Reads and verifies one file of a data set's folder. */
const checkFile = async (
  dataset: CifarDescriptor,
  file: CifarFile,
  directory: string,
  known: string | null,
  onFile: OnFile | undefined,
): Promise<CifarFileStatus> => {
  const path = join(directory, file.name);
  const bytes = await readIfThere(path);
  const about = { name: file.name, path, split: file.split };
  const expected = known === null ? 'whole records (no digest known)' : `SHA-256 ${known}`;
  if (bytes === null) {
    return { ...about, status: 'missing', expected, found: 'no file', sha256: null };
  }
  if (bytes instanceof RefusedFileError) {
    const found = bytes.message.replace(/^it (is|has) /, '');
    return { ...about, status: 'no-file', expected, found, sha256: null };
  }
  try {
    const digest = await verifyBytes(dataset, file, path, bytes, known);
    onFile?.(file, bytes);
    return { ...about, status: 'ok', expected, found: `SHA-256 ${digest}`, sha256: digest };
  } catch (error) {
    if (!(error instanceof CifarFormatError)) throw error;
    const { fault: status, expected, found } = error;
    return { ...about, status, expected, found, sha256: await sha256(bytes) };
  }
};

/** Reads and verifies the files of a data set in `directory`, one after another. */
export const checkFiles = async (
  dataset: CifarDescriptor,
  directory: string,
  {
    signal,
    onFile,
  }: { readonly signal?: AbortSignal | undefined; readonly onFile?: OnFile | undefined } = {},
): Promise<CifarFileStatus[]> => {
  const sums = await recordedSums(directory);
  const checked: CifarFileStatus[] = [];
  for (const file of dataset.files) {
    signal?.throwIfAborted();
    const known = file.sha256 ?? sums.get(file.name) ?? null;
    checked.push(await checkFile(dataset, file, directory, known, onFile));
  }
  return checked;
};

/**
 * Renames a bad file out of the way, never deleting it. The new name contains the content's digest, or else random
 * letters, so that two different bad files never replace one another.
 *
 * @returns The new path.
 */
export const setAside = async ({
  path,
  sha256,
}: Pick<CifarFileStatus, 'path' | 'sha256'>): Promise<string> => {
  const aside = `${path}.bad-${(sha256 ?? randomUUID()).slice(0, 8)}`;
  await storing(path, () => rename(path, aside));
  return aside;
};
