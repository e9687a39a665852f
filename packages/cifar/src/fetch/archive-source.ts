import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import { download } from './download.ts';
import type { SourceRequest } from './source.ts';
import { CifarStorageError, moveIfThere } from './storage.ts';
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
  for (const url of [...mirrors, archive.url]) {
    try {
      return await download(archive, url, path, { signal, onBytes, onNotice });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DropoutLabError) || error instanceof CifarStorageError) throw error;
      failures.push(error.message);
    }
  }
  throw new DropoutLabError(failures.join('; '));
};

/**
 * Fetches from the official archive or a mirror of it. What a stopped download has brought stays in the cache
 * as `<archive>.partial`; a fetch claims it by renaming, so that two at once never write to the same file.
 */
export const fetchFromArchive = async (request: SourceRequest): Promise<void> => {
  const { dataset, wanted, directory, workFolder, signal, onProgress, deliver } = request;
  const partial = join(directory, `${dataset.archive.fileName}.partial`);
  const path = join(workFolder, dataset.archive.fileName);
  await moveIfThere(partial, path);
  try {
    await downloadFromAny(request, path);
    const byName = new Map(wanted.map((file) => [file.name, file]));
    const files = { stage: 'unpack', source: 'archive', total: wanted.length, unit: 'files' } as const;
    let done = 0;
    onProgress({ ...files, done });
    for await (const { name, bytes } of readTarGz(path, new Set(byName.keys()), signal)) {
      await deliver(byName.get(name)!, bytes);
      onProgress({ ...files, done: ++done });
    }
  } catch (error) {
    await moveIfThere(path, partial);
    throw error;
  }
};
