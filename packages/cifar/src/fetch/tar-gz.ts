import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/**
 * The wanted files of a gzipped tar, in its order and whatever their folders, one in memory at a time.
 *
 * @param wanted Base names.
 */
export async function* readTarGz(
  path: string,
  wanted: ReadonlySet<string>,
  signal?: AbortSignal | undefined,
): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
  const entries = extract();
  const pumping = pipeline(createReadStream(path), createGunzip(), entries, signal ? { signal } : {});
  // A fault reaches the loop below through `entries`; this promise must not be a second, unheard one.
  pumping.catch(() => {});
  for await (const entry of entries) {
    const name = posix.basename(entry.header.name);
    if (entry.header.type === 'file' && wanted.has(name)) yield { name, bytes: await buffer(entry) };
    else entry.resume();
  }
  await pumping;
}
