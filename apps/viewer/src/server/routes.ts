import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DIGEST_FILE } from '../shared/runs/catalogue.ts';
import { reportAddress } from '../shared/runs/studies.ts';
import { type ByteRange, type FileInParts, NO_LIMIT, ofText, openConfined } from './confined.ts';
import { type ImageFile, imageFiles } from './images.ts';
import { sendChanges } from './live.ts';
import { openRunFile } from './run-files.ts';
import { reportPolicy } from './security.ts';
import { openReport } from './studies.ts';
import type { RunsWatcher } from './watch-runs.ts';

/** Where the files come from that are served besides the pages. */
interface Sources {
  readonly watcher: RunsWatcher;
  /** The real path of the folder of runs. */
  readonly root: string;
  readonly dataFolder: string | undefined;
  readonly reportsFolder: string;
}

/**
 * Answers a request for the catalogue, its changes, a run's file or a data set's file, by the segments of its path. Not by sirv, which follows
 * symbolic links, waits for named pipes and takes every file of a folder: runs are untrusted, and grow while they are read.
 */
export const createRoutes =
  ({ watcher, root, dataFolder, reportsFolder }: Sources) =>
  async (
    request: IncomingMessage,
    response: ServerResponse,
    [area, ...rest]: readonly string[],
  ): Promise<void> => {
    if (area === 'live' && rest.length === 0) return sendChanges(request, response, watcher);
    if (area === 'runs' && rest.length === 1 && rest[0] === 'catalogue.json') {
      await watcher.refresh();
      return send(request, response, JSON_TYPE, ofText(watcher.catalogue()));
    }
    if (area === 'runs') {
      // The name is only looked up: no path is ever made of a request.
      const at = [...rest.keys()].find((i) => i > 0 && watcher.digest(rest.slice(0, i).join('/')));
      const name = rest.slice(0, at).join('/');
      const inside = rest.slice(at).join('/');
      const digest = watcher.digest(name);
      if (digest && inside === DIGEST_FILE)
        return send(request, response, JSON_TYPE, ofText(JSON.stringify(digest)));
      const found = digest && (await openRunFile(root, digest, inside));
      if (found) return send(request, response, typeOf(inside), found);
    }
    if (area === 'reports') {
      const study = watcher
        .studies()
        .find(({ name }) => reportAddress(name) === ['reports', ...rest].join('/'));
      const found = study && (await openReport(reportsFolder, study.name));
      if (found) {
        response.setHeader('Content-Security-Policy', reportPolicy);
        return send(request, response, HTML_TYPE, found);
      }
    }
    if (area === 'data') {
      const image = imageFileOf(rest.join('/'), watcher, dataFolder);
      const found = image && (await openConfined(image.folder, image.path, rangeIn(request), NO_LIMIT));
      if (found) return send(request, response, BYTES_TYPE, found);
    }
    return refuse(response, 404, 'nothing here');
  };

/** Returns an official file, or that of the user's own images of some run; any other of the cache is nobody's business. */
const imageFileOf = (
  name: string,
  watcher: RunsWatcher,
  dataFolder: string | undefined,
): ImageFile | undefined =>
  imageFiles(dataFolder).get(name) ?? watcher.ownImages().find((file) => file.name === name);

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';
const BYTES_TYPE = 'application/octet-stream';

const typeOf = (file: string): string => (extname(file) === '.json' ? JSON_TYPE : BYTES_TYPE);

/** Returns the part of a file that is asked for; undefined where it is all, several, or none that can be understood (RFC 9110, 14.2). */
const rangeIn = ({ headers }: IncomingMessage): ByteRange | undefined => {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (first === undefined) return undefined;
  const range = { first: Number(first), last: last ? Number(last) : Number.MAX_SAFE_INTEGER - 1 };
  return range.last < range.first ? undefined : range;
};

/** Sends a file, or the part of it that is asked for, as fast as it is taken. */
const send = async (
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  file: FileInParts,
): Promise<void> => {
  try {
    await sendOpened(request, response, type, file);
  } finally {
    await file.close();
  }
};

const sendOpened = async (
  request: IncomingMessage,
  response: ServerResponse,
  type: string,
  { size, range, parts }: FileInParts,
): Promise<void> => {
  if (range && range.first >= size) {
    response.setHeader('Content-Range', `bytes */${size}`);
    return refuse(response, 416, `expected a part of ${size} bytes, found one from ${range.first}`);
  }
  response.writeHead(range ? 206 : 200, {
    'Content-Type': type,
    'Content-Length': range ? range.last - range.first + 1 : size,
    ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(parts, response);
};

/** Answers with an error and its reason. */
export const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
};
