import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { readConfined } from './confined.ts';
import { imageFiles } from './images.ts';
import { sendChanges } from './live.ts';
import { servedRunFiles } from './run-files.ts';
import type { RunsWatcher } from './watch-runs.ts';

const LARGEST_RUN_FILE = 512 * 2 ** 20;

/** Where the files come from that are served besides the pages. */
interface Sources {
  readonly watcher: RunsWatcher;
  /** The real path of the folder of runs. */
  readonly root: string;
  readonly dataFolder: string | undefined;
}

/**
 * Answers a request for the catalogue, its changes, a run's file or a data set's file, by the segments of its path. Not by sirv, which follows
 * symbolic links, waits for named pipes and takes every file of a folder: runs are untrusted, and grow while they are read.
 */
export const createAnswer =
  ({ watcher, root, dataFolder }: Sources) =>
  async (
    request: IncomingMessage,
    response: ServerResponse,
    [area, ...rest]: readonly string[],
  ): Promise<void> => {
    if (area === 'live' && rest.length === 0) return sendChanges(request, response, watcher);
    if (area === 'runs' && rest.length === 1 && rest[0] === 'catalogue.json') {
      await watcher.refresh();
      return send(request, response, JSON_TYPE, Buffer.from(JSON.stringify(watcher.catalogue())));
    }
    if (area === 'runs') {
      // The name is only looked up: no path is ever made of a request.
      const at = [...rest.keys()].find((i) => i > 0 && watcher.has(rest.slice(0, i).join('/')));
      const name = rest.slice(0, at).join('/');
      const inside = rest.slice(at).join('/');
      if (at !== undefined && servedRunFiles.includes(inside)) {
        const read = await readConfined(root, join(root, name, inside), { limit: LARGEST_RUN_FILE });
        if (read) return send(request, response, typeOf(inside), read.bytes);
      }
    }
    if (area === 'data') {
      const image = imageFiles(dataFolder).get(rest.join('/'));
      const read = image && (await readConfined(image.folder, image.path, { limit: LARGEST_RUN_FILE }));
      if (read) return send(request, response, BYTES_TYPE, read.bytes);
    }
    return refuse(response, 404, 'nothing here');
  };

const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES_TYPE = 'application/octet-stream';

const typeOf = (file: string): string => (extname(file) === '.json' ? JSON_TYPE : BYTES_TYPE);

const send = (request: IncomingMessage, response: ServerResponse, type: string, body: Uint8Array): void => {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
};

/** Answers with an error and its reason. */
export const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
};
