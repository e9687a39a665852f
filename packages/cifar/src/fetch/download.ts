import { open, rename, rm, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { shownAddress } from '@dropout-lab/contracts';
import { digestOfFile } from '@dropout-lab/files/node';
import type { CifarArchive } from '../datasets.ts';
import { CifarDownloadError } from '../errors.ts';
import { htmlStart, quoteStart } from './html.ts';
import { type Connection, refusalOfProxy } from './proxy.ts';
import { type Answer, ask, InterruptedError, type Patience } from './request.ts';
import { sizeOf, storing } from './storage.ts';

/** Tries that together bring less of the archive are fruitless. */
const WORTHWHILE = 0.01;

export interface DownloadOptions {
  readonly connection: Connection;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (done: number) => void;
  readonly onNotice: (line: string) => void;
}

/** The answer to a request for the rest; for everything where the server cannot give a rest. */
const askForRest = async (
  url: string,
  had: number,
  { connection, patience, signal }: DownloadOptions,
): Promise<Answer> => {
  const answer = await ask(url, had, connection, patience, signal);
  if (answer.status !== 416 || had === 0) return answer;
  answer.discard();
  return ask(url, 0, connection, patience, signal);
};

/** Returns the offset of the answer in the archive (a server may ignore the range and send all) and the length of the whole; NaN where the server does not say. */
const extentOf = ({ status, headers }: Answer): { readonly offset: number; readonly total: number } => {
  if (status !== 206) return { offset: 0, total: Number(headers.get('content-length') ?? Number.NaN) };
  const [, offset, total] = headers.get('content-range')?.match(/^bytes (\d+)-\d*\/(\d+|\*)$/) ?? [];
  return { offset: Number(offset), total: Number(total) };
};

const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && (start.length < 2 || start[1] === 0x8b);

/** Returns the reason why an answer with this beginning is unusable, or undefined. */
const complaint = (
  archive: CifarArchive,
  answer: Answer,
  start: Uint8Array,
  had: number,
): string | undefined => {
  const { status, statusText, headers } = answer;
  if (status === 407) return refusalOfProxy(status);
  if (status < 200 || status > 299) return `HTTP ${status} ${statusText}`.trim();
  const type = headers.get('content-type') ?? 'no content type';
  const { offset, total } = extentOf(answer);
  if (Number.isNaN(offset)) return 'a part without its place (content-range)';
  if (/html/i.test(type) || htmlStart(start) !== undefined || (offset === 0 && !isGzip(start))) {
    // What a server calls encoded is unpacked on the way, the archive too.
    const encoding = headers.get('content-encoding');
    return `${type}${encoding ? `, sent as content-encoding ${encoding},` : ''} that begins with ${quoteStart(start)}`;
  }
  if (!Number.isNaN(total) && total !== archive.bytes) return `${total} bytes (${type})`;
  return offset === 0 || offset === had ? undefined : `bytes from ${offset} on, not from ${had}`;
};

/** Appends what is missing of the archive to `path`, which is never made shorter by what a server sends. */
const fetchRest = async (
  archive: CifarArchive,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> => {
  const had = await sizeOf(path);
  const answer = await askForRest(url, had, options);
  try {
    let chunk = await answer.body.next();
    const fault = complaint(archive, answer, chunk.value ?? new Uint8Array(), had);
    if (fault !== undefined) {
      const proxy = options.connection.proxyOf(url);
      const found = proxy ? `${fault} (${proxy})` : fault;
      throw new CifarDownloadError(url, `${archive.fileName} of ${archive.bytes} bytes`, found);
    }
    let done = extentOf(answer).offset;
    if (done < had) {
      options.onNotice(`${shownAddress(url)}: sends the file from its beginning; skipping ${had} bytes`);
    }
    const file = await storing(path, () => open(path, 'a'));
    try {
      for (; !chunk.done; chunk = await answer.body.next()) {
        const missing = chunk.value.subarray(Math.max(0, had - done));
        done += chunk.value.length;
        if (done > archive.bytes) {
          await file.truncate(had);
          throw new CifarDownloadError(url, `${archive.bytes} bytes`, 'more than that');
        }
        if (missing.length === 0) continue;
        await storing(path, () => file.writeFile(missing));
        options.onBytes(done);
      }
      await storing(path, () => file.sync());
    } finally {
      await file.close();
    }
  } finally {
    answer.discard();
  }
};

/** Asks again after broken connections, for as long as that brings the archive nearer. */
const fetchAll = async (
  archive: CifarArchive,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> => {
  let has = await sizeOf(path);
  let fruitful = has;
  for (let fruitless = 0; has < archive.bytes; ) {
    options.onBytes(has);
    let reason = 'the answer ended early';
    try {
      await fetchRest(archive, url, path, options);
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      reason = error.message;
    }
    has = await sizeOf(path);
    if (has === archive.bytes) return;
    fruitless++;
    if (has - fruitful >= WORTHWHILE * archive.bytes) {
      fruitful = has;
      fruitless = 0;
    }
    const pause = options.patience.pausesMs[fruitless];
    // Another mirror may be better than one that brings nothing at all.
    if (has === 0 || pause === undefined) {
      const proxy = options.connection.proxyOf(url);
      const found = `${has} bytes${fruitless > 1 ? ` after ${fruitless} tries that brought little` : ''}, then: ${reason}`;
      throw new CifarDownloadError(url, `${archive.bytes} bytes`, proxy ? `${found} (${proxy})` : found);
    }
    options.onNotice(`${shownAddress(url)}: ${reason}; continuing from byte ${has}`);
    await sleep(pause, undefined, options.signal ? { signal: options.signal } : {});
  }
};

/**
 * Downloads an archive to `path`, continuing what is there already. That needs no validator of the server's: the
 * digest of the whole decides, and when a continued download has another, this server is asked for all of it. What there
 * was stays until something better is there.
 *
 * @throws CifarDownloadError when the answer is no such archive; what is resumable stays at `path`.
 */
export const download = async (
  archive: CifarArchive,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<void> => {
  if ((await sizeOf(path)) > archive.bytes) await truncate(path, archive.bytes);
  const had = await sizeOf(path);
  await fetchAll(archive, url, path, options);

  const found = await digestOfFile(path, 'sha256');
  if (found === archive.sha256) return;
  // Of what came from elsewhere, nobody knows that it is wrong; of a whole file, everybody.
  if (had === 0 || had === archive.bytes) await rm(path);
  else await truncate(path, had);
  if (had === 0) throw new CifarDownloadError(url, `SHA-256 ${archive.sha256}`, `SHA-256 ${found}`);
  options.onNotice(
    `${shownAddress(url)}: the resumed download has SHA-256 ${found}, not ${archive.sha256}; starting over`,
  );
  const whole = `${path}.whole`;
  try {
    await download(archive, url, whole, options);
  } finally {
    if ((await sizeOf(whole)) > (await sizeOf(path))) await rename(whole, path);
    else await rm(whole, { force: true });
  }
};
