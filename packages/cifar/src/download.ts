import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CifarArchive } from './datasets.ts';
import { CifarDownloadError } from './errors.ts';
import { quoteStart } from './html.ts';
import { storing } from './storage.ts';

const RECONNECT_DELAYS_MS = [0, 1000, 4000] as const;

export interface DownloadOptions {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (done: number) => void;
  readonly onNotice: (line: string) => void;
}

/** The connection broke: what came so far is kept, the rest can be asked for. */
class InterruptedError extends Error {}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const digestOf = async (path: string, algorithm: string): Promise<string> => {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const request = async (url: string, from: number, signal: AbortSignal | undefined): Promise<Response> => {
  // A server that compresses on the fly would make byte ranges and lengths meaningless.
  const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
  try {
    return await fetch(url, { headers, signal: signal ?? null });
  } catch (error) {
    signal?.throwIfAborted();
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new InterruptedError(reason, { cause: error });
  }
};

const firstChunk = async (response: Response): Promise<Uint8Array> => {
  const { value } = (await response.body?.getReader().read()) ?? {};
  return value ?? new Uint8Array();
};

/** What makes an answer unusable, or undefined. */
const complaint = async (archive: CifarArchive, response: Response): Promise<string | undefined> => {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!response.ok) return `HTTP ${response.status} ${response.statusText}`.trim();
  if (/html/i.test(type)) return `${type} that begins with ${quoteStart(await firstChunk(response))}`;
  const total =
    response.status === 206
      ? response.headers.get('content-range')?.match(/\/(\d+)$/)?.[1]
      : response.headers.get('content-length');
  if (total && Number(total) !== archive.bytes) {
    return response.status === 206 || !/^text\//i.test(type)
      ? `${total} bytes (${type})`
      : `${type} that begins with ${quoteStart(await firstChunk(response))}`;
  }
  return undefined;
};

/** The offset that the answer's first byte belongs at: a server may ignore the range and send everything. */
const offsetOf = (response: Response): number =>
  response.status === 206
    ? Number(response.headers.get('content-range')?.match(/^bytes (\d+)-/)?.[1] ?? Number.NaN)
    : 0;

const looksGzipped = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x1f && (bytes.length < 2 || bytes[1] === 0x8b);

/** Appends what is missing of the archive to `path`. */
const fetchRest = async (
  archive: CifarArchive,
  url: string,
  path: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> => {
  const had = await sizeOf(path);
  const response = await request(url, had, signal);
  const expected = `${archive.fileName} of ${archive.bytes} bytes`;
  const fault = await complaint(archive, response);
  const offset = offsetOf(response);
  if (fault === undefined && offset !== 0 && offset !== had) {
    throw new CifarDownloadError(url, `bytes from ${had} on`, `bytes from ${offset} on`);
  }
  if (fault !== undefined) {
    await response.body?.cancel().catch(() => {});
    throw new CifarDownloadError(url, expected, fault);
  }

  await storing(path, async () => {
    const handle = await open(path, offset === 0 ? 'w' : 'a');
    try {
      let done = offset;
      for await (const chunk of bodyOf(response, signal)) {
        if (done === 0 && !looksGzipped(chunk)) {
          const type = response.headers.get('content-type') ?? 'no content type';
          throw new CifarDownloadError(
            url,
            'a gzip archive',
            `${type} that begins with ${quoteStart(chunk)}`,
          );
        }
        await handle.write(chunk);
        done += chunk.length;
        onBytes(done);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
};

async function* bodyOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return;
  try {
    yield* body;
  } catch (error) {
    signal?.throwIfAborted();
    throw new InterruptedError('the connection broke off', { cause: error });
  }
}

/** Asks again after broken connections, for as long as they bring something. */
const fetchAll = async (
  archive: CifarArchive,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> => {
  let fruitless = 0;
  for (let had = await sizeOf(path); had < archive.bytes; ) {
    let reason = 'the answer ended early';
    try {
      await fetchRest(archive, url, path, options);
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      reason = error.message;
    }
    const has = await sizeOf(path);
    fruitless = has > had ? 0 : fruitless + 1;
    const delay = RECONNECT_DELAYS_MS[fruitless];
    if (has < archive.bytes && (has === 0 || delay === undefined)) {
      throw new CifarDownloadError(url, `${archive.bytes} bytes`, `${has} bytes, then: ${reason}`);
    }
    if (has < archive.bytes) {
      options.onNotice(`${url}: ${reason}; going on from byte ${has}`);
      await sleep(delay, undefined, options.signal ? { signal: options.signal } : {});
    }
    had = has;
  }
};

/**
 * Downloads an archive to `path`, going on from what is there already. No validator of the server's is
 * needed for that: the archive is known by its digest, so bytes from any mirror fit, and where they do not,
 * the digest tells and the download starts once more from nothing.
 *
 * @throws CifarDownloadError when the answer is no such archive; what is resumable stays at `path`.
 */
export const download = async (
  archive: CifarArchive,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> => {
  const { algorithm, hex } = archive.digest;
  if ((await sizeOf(path)) > archive.bytes) await truncate(path, 0);
  const resumed = (await sizeOf(path)) > 0;
  await fetchAll(archive, url, path, options);

  const found = await digestOf(path, algorithm);
  if (found === hex) return;
  await rm(path);
  if (!resumed) throw new CifarDownloadError(url, `${algorithm} ${hex}`, `${algorithm} ${found}`);
  options.onNotice(`${url}: the resumed download has ${algorithm} ${found}, not ${hex}; starting over`);
  await download(archive, url, path, options);
};
