import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import { digestOfFile } from '@dropout-lab/files/node';
import { download } from './download.ts';
import { setAside } from './file-status.ts';
import { connectionOf } from './proxy.ts';
import { PATIENCE } from './request.ts';
import type { SourceRequest } from './source.ts';
import { CifarStorageError, keepLonger, moveIfThere, sizeOf } from './storage.ts';
import { readTarGz } from './tar-gz.ts';

/** Downloads from the first mirror that serves the archive; the error names each mirror's failure. */
const downloadFromAny = async (
  { dataset, mirrors, signal, onProgress, onNotice }: SourceRequest,
  path: string,
): Promise<void> => {
  const { archive } = dataset;
  const onBytes = (done: number) =>
    onProgress({ stage: 'download', source: 'archive', done, total: archive.bytes, unit: 'bytes' });
  const failures: string[] = [];
  const connection = await connectionOf();
  for (const url of [...mirrors, archive.url]) {
    try {
      return await download(archive, url, path, {
        connection,
        patience: PATIENCE,
        signal,
        onBytes,
        onNotice,
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DropoutLabError) || error instanceof CifarStorageError) throw error;
      failures.push(error.message);
    }
  }
  throw new DropoutLabError(failures.join('; '));
};

/** Whether someone has put the archive into the folder by hand. */
const isPlaced = async ({ dataset, onNotice }: SourceRequest, path: string): Promise<boolean> => {
  const { bytes, sha256 } = dataset.archive;
  const size = await sizeOf(path);
  if (size === 0) return false;
  const found = size === bytes ? `SHA-256 ${await digestOfFile(path, 'sha256')}` : `${size} bytes`;
  const expected = size === bytes ? `SHA-256 ${sha256}` : `${bytes} bytes`;
  if (found !== expected) onNotice(`${path}: expected ${expected}, found ${found}; it is left alone`);
  return found === expected;
};

/**
 * Fetches from the official archive: one that lies in the data set's folder, else that of a mirror or the official one.
 * What a stopped download has brought stays in the cache as `<archive>.partial`; a fetch claims it by renaming, so that
 * two at once never write to the same file.
 */
export const fetchFromArchive = async (request: SourceRequest): Promise<void> => {
  const { dataset, directory, workFolder } = request;
  const placed = join(directory, dataset.archive.fileName);
  if (await isPlaced(request, placed)) return unpack(request, placed);
  const partial = `${placed}.partial`;
  const path = join(workFolder, dataset.archive.fileName);
  // What a link leads to is nobody's download, and a named pipe would be waited for.
  const found = await lstat(partial).catch(() => undefined);
  if (found && !found.isFile()) {
    const aside = await setAside({ path: partial, sha256: null });
    request.onNotice(`${partial}: expected a file, found something else; set aside as ${aside}`);
  }
  await moveIfThere(partial, path);
  try {
    await downloadFromAny(request, path);
    await unpack(request, path);
  } catch (error) {
    await keepLonger(path, partial);
    throw error;
  }
};

const unpack = async (
  { wanted, signal, onProgress, deliver }: SourceRequest,
  path: string,
): Promise<void> => {
  const byName = new Map(wanted.map((file) => [file.name, file]));
  const files = { stage: 'unpack', source: 'archive', total: wanted.length, unit: 'files' } as const;
  let done = 0;
  onProgress({ ...files, done });
  for await (const { name, bytes } of readTarGz(path, new Set(byName.keys()), signal)) {
    await deliver(byName.get(name)!, bytes);
    onProgress({ ...files, done: ++done });
  }
};
