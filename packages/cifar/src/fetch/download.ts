import { open, rm, stat, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOfFile } from '@dropout-lab/files/node';
import type { CifarArchive } from '../datasets.ts';
import { CifarDownloadError } from '../errors.ts';
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

/** The answer to a request for the rest; for everything where the server cannot give a rest. */
const requestRest = async (url: string, had: number, signal: AbortSignal | undefined): Promise<Response> => {
  const response = await request(url, had, signal);
  if (response.status !== 416) return response;
  await response.body?.cancel();
  return request(url, 0, signal);
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

/** Returns the offset of the answer in the archive (a server may ignore the range and send all) and the length of the whole; NaN where the server does not say. */
const extentOf = ({ status, headers }: Response): { readonly offset: number; readonly total: number } => {
  if (status !== 206) return { offset: 0, total: Number(headers.get('content-length') ?? Number.NaN) };
  const [, offset, total] = headers.get('content-range')?.match(/^bytes (\d+)-\d*\/(\d+|\*)$/) ?? [];
  return { offset: Number(offset), total: Number(total) };
};

const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && (start.length < 2 || start[1] === 0x8b);

/** Returns the reason why an answer with this beginning is unusable, or undefined. */
const complaint = (
  archive: CifarArchive,
  response: Response,
  start: Uint8Array,
  had: number,
): string | undefined => {
  if (!response.ok) return `HTTP ${response.status} ${response.statusText}`.trim();
  const type = response.headers.get('content-type') ?? 'no content type';
  const { offset, total } = extentOf(response);
  if (/html/i.test(type) || (offset === 0 && !isGzip(start))) {
    return `${type} that begins with ${quoteStart(start)}`;
  }
  if (!Number.isNaN(total) && total !== archive.bytes) return `${total} bytes (${type})`;
  return offset === 0 || offset === had ? undefined : `bytes from ${offset} on, not from ${had}`;
};

/** Appends what is missing of the archive to `path`. */
const fetchRest = async (
  archive: CifarArchive,
  url: string,
  path: string,
  { signal, onBytes }: DownloadOptions,
): Promise<void> => {
  const had = await sizeOf(path);
  const response = await requestRest(url, had, signal);
  const chunks = bodyOf(response, signal);
  try {
    let chunk = await chunks.next();
    const fault = complaint(archive, response, chunk.value ?? new Uint8Array(), had);
    if (fault !== undefined) {
      throw new CifarDownloadError(url, `${archive.fileName} of ${archive.bytes} bytes`, fault);
    }
    let done = extentOf(response).offset;
    const file = await storing(path, () => open(path, done === 0 ? 'w' : 'a'));
    try {
      for (; !chunk.done; chunk = await chunks.next()) {
        const { value } = chunk;
        done += value.length;
        if (done > archive.bytes) {
          throw new CifarDownloadError(url, `${archive.bytes} bytes`, 'more than that');
        }
        await storing(path, () => file.writeFile(value));
        onBytes(done);
      }
      await storing(path, () => file.sync());
    } finally {
      await file.close();
    }
  } finally {
    await chunks.return(undefined);
  }
};

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
      options.onNotice(`${url}: ${reason}; continuing from byte ${has}`);
      await sleep(delay, undefined, options.signal ? { signal: options.signal } : {});
    }
    had = has;
  }
};

/**
 * Downloads an archive to `path`, continuing what is there already. That needs no validator of the server's: the
 * archive is known by its digest, so bytes from any mirror fit. Where they do not, the digest differs, and the download
 * starts once more from nothing.
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

  const found = await digestOfFile(path, algorithm);
  if (found === hex) return;
  await rm(path);
  if (!resumed) throw new CifarDownloadError(url, `${algorithm} ${hex}`, `${algorithm} ${found}`);
  options.onNotice(`${url}: the resumed download has ${algorithm} ${found}, not ${hex}; starting over`);
  await download(archive, url, path, options);
};
