import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { runFiles } from '@dropout-lab/runs';
import type { LiveMessage } from '../shared/runs/catalogue.ts';
import { siteFolder } from '../site-folder.ts';
import { readConfined } from './confined.ts';
import { ViewerError } from './errors.ts';
import { findImages, imageFiles } from './images.ts';
import { isServedRunFile } from './run-files.ts';
import { isKnownHost, securityHeaders } from './security.ts';
import { contentType, listSite, readSiteFile, type SiteFile } from './site-files.ts';
import { type RunsWatcher, watchRuns } from './watch-runs.ts';

/** What to serve, and where. */
export interface ViewerOptions {
  /** The folder whose runs are shown, or a single run's. It need not exist yet. */
  readonly runsFolder: string;
  /** Address to listen on; 127.0.0.1 when left out, which no other machine can reach. */
  readonly host?: string;
  /** 0 takes any that is free; 4321 when left out, or the next free one. */
  readonly port?: number;
  /** The folder that has the folders of data sets; the cache of @dropout-lab/cifar when left out. */
  readonly dataFolder?: string;
}

/** A running viewer. */
export interface Viewer {
  /** Where the page is: `http://127.0.0.1:4321/`. */
  readonly url: string;
  readonly runsFolder: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4321;
/** How many ports are tried when nobody asked for a certain one. */
const PORTS = 20;
const LARGEST_RUN_FILE = 512 * 2 ** 20;
/** Lets proxies and browsers know that a quiet connection is alive. */
const HEARTBEAT_MS = 15_000;

/**
 * Serves the viewer's pages and the runs of a folder, and tells the pages of every change. It answers GET and
 * HEAD only, reads only, and serves nothing but its own pages, the known files of runs in the folder, and the
 * official files of data sets.
 *
 * @throws ViewerError when the port is taken, the address is not this machine's, or the pages were not built.
 */
export const startViewer = async (options: ViewerOptions): Promise<Viewer> => {
  const { host = '127.0.0.1', dataFolder } = options;
  const site = await listSite(siteFolder).catch((cause) => {
    throw new ViewerError(`${siteFolder}: expected the viewer's pages, found none: build the package`, {
      cause,
    });
  });
  const { root, only } = await rootOf(options.runsFolder);
  const watcher = watchRuns(root, {
    place: options.runsFolder,
    images: await findImages(dataFolder),
    only,
  });

  let port = 0;
  const answer = createAnswer({ site, watcher, root, dataFolder });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!isKnownHost(request.headers.host, host, port)) return refuse(response, 421, 'unknown host');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'only GET and HEAD');
    }
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'this could not be read');
    });
  });
  const wanted = options.port ?? DEFAULT_PORT;
  port = await listen(server, host, wanted, options.port === undefined ? PORTS : 1);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    runsFolder: options.runsFolder,
    close: async () => {
      watcher.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};

/** The folder to watch, and the one run in it where the given folder is a run itself. */
const rootOf = async (runsFolder: string): Promise<{ root: string; only: string | undefined }> => {
  const root = await realpath(runsFolder).catch(() => resolve(runsFolder));
  const isRun = await stat(join(root, runFiles.manifest)).then(
    (file) => file.isFile(),
    () => false,
  );
  return isRun ? { root: dirname(root), only: basename(root) } : { root, only: undefined };
};

type Server = ReturnType<typeof createServer>;

const listen = async (server: Server, host: string, port: number, attempts: number): Promise<number> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(port + attempt - 1, host, () => {
          server.off('error', fail);
          done();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const isTaken = systemErrorCode(error) === 'EADDRINUSE';
      if (isTaken && attempt < attempts) continue;
      if (isTaken) {
        throw new ViewerError(
          `port ${port}: expected it to be free, but another program listens on it: choose another`,
        );
      }
      throw new ViewerError(
        systemErrorSentence(
          error,
          `${host}:${port}`,
          'an address of this machine to listen on',
          'choose another',
        ),
        { cause: error },
      );
    }
  }
};

interface Sources {
  readonly site: ReadonlyMap<string, SiteFile>;
  readonly watcher: RunsWatcher;
  readonly root: string;
  readonly dataFolder: string | undefined;
}

/** Answers a request whose host and method are known to be good. */
const createAnswer =
  ({ site, watcher, root, dataFolder }: Sources) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const file = site.get(path);
    if (file) {
      response.setHeader(
        'Cache-Control',
        file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      return send(request, response, file.type, await readSiteFile(file));
    }
    response.setHeader('Cache-Control', 'no-store');
    const segments = decoded(path);
    if (segments === undefined) return refuse(response, 400, 'no such address');
    const [area, ...rest] = segments;

    if (path === '/live') return follow(request, response, watcher);
    if (path === '/runs/catalogue.json') {
      await watcher.refresh();
      const body = Buffer.from(JSON.stringify(watcher.catalogue()));
      return send(request, response, contentType('.json'), body);
    }
    if (area === 'runs') {
      // The name is only looked up: no path is ever made of what a request says.
      const at = [...rest.keys()].find((i) => i > 0 && watcher.has(rest.slice(0, i).join('/')));
      const name = rest.slice(0, at).join('/');
      const inside = rest.slice(at).join('/');
      if (at !== undefined && isServedRunFile(inside)) {
        const read = await readConfined(root, join(root, name, inside), { limit: LARGEST_RUN_FILE });
        if (read) return send(request, response, contentType(inside), read.bytes);
      }
    }
    if (area === 'data') {
      const image = imageFiles(dataFolder).get(rest.join('/'));
      const read = image && (await readConfined(image.folder, image.path, { limit: LARGEST_RUN_FILE }));
      if (read) return send(request, response, contentType('.bin'), read.bytes);
    }
    return refuse(response, 404, 'nothing here');
  };

/** A path's segments, or undefined when one is not what a segment can be. */
const decoded = (path: string): string[] | undefined => {
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    const impossible = segments.some(
      (segment) => segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment),
    );
    return path.startsWith('/') && !impossible ? segments : undefined;
  } catch {
    return undefined;
  }
};

const send = (request: IncomingMessage, response: ServerResponse, type: string, body: Uint8Array): void => {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
};

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
};

/** Server-Sent Events: the whole catalogue at first, so that a page that was cut off is up to date at once. */
const follow = async (
  request: IncomingMessage,
  response: ServerResponse,
  watcher: RunsWatcher,
): Promise<void> => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write('retry: 500\n\n');
  const tell = (message: LiveMessage): void => {
    response.write(`data: ${JSON.stringify(message)}\n\n`);
  };
  await watcher.refresh();
  tell({ kind: 'catalogue', catalogue: watcher.catalogue() });
  const unsubscribe = watcher.subscribe(tell);
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  request.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
};
