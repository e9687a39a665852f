import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { ViewerError } from './errors.ts';
import { rootOf } from './find-runs.ts';
import { findImages } from './images.ts';
import { openPages } from './pages.ts';
import { createRoutes, refuse } from './routes.ts';
import {
  embeddedPolicy,
  isEmbedded,
  isHostName,
  refusalOfHost,
  refusalOfOrigin,
  securityHeaders,
  segmentsOf,
} from './security.ts';
import { reportsBeside } from './studies.ts';
import { watchRuns } from './watch-runs.ts';

/** The runs to serve, and the address to serve them at. */
export interface ViewerOptions {
  /** The folder whose runs are shown, or a single run's. It need not exist yet. */
  readonly runsFolder: string;
  /** Address to listen on; 127.0.0.1 by default, which no other machine can reach. */
  readonly host?: string;
  /** Names that requests may be sent to, beside those of this machine: that of a proxy, say. */
  readonly allowedHosts?: readonly string[];
  /** 0 takes any free port; 4321 or the next free one by default. */
  readonly port?: number;
  /** The folder of the folders of data sets; by default the cache of @dropout-lab/cifar. */
  readonly dataFolder?: string;
  /** The folder of the folders of studies' reports; `reports` beside the folder of runs by default. */
  readonly reportsFolder?: string;
}

/** A running viewer. */
export interface Viewer {
  /** The address of the pages: `http://127.0.0.1:4321/`. */
  readonly url: string;
  readonly runsFolder: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4321;
/** Number of ports that are tried when none is given. */
const PORTS = 20;

/**
 * Serves the viewer's pages and the runs of a folder, and sends the pages every change. It answers GET and
 * HEAD only, reads only, and serves nothing but its own pages, the known files of runs in the folder, and the
 * files of their data sets: official ones, and those that the runs' own pictures were decoded to.
 *
 * @throws ViewerError when the port is taken, the address is not this machine's, an allowed host is no name, or the pages
 * were not built.
 */
export const startViewer = async (options: ViewerOptions): Promise<Viewer> => {
  const { host = '127.0.0.1', allowedHosts = [], dataFolder } = options;
  const wrong = allowedHosts.find((name) => !isHostName(name));
  if (wrong !== undefined) {
    throw new ViewerError(
      `host ${JSON.stringify(wrong)}: expected a name or an address alone, such as lab.example; leave out scheme, port and path`,
    );
  }
  const pages = await openPages();
  const { root, only } = await rootOf(options.runsFolder);
  const reportsFolder = options.reportsFolder ?? reportsBeside(root);
  const watcher = watchRuns(root, {
    place: options.runsFolder,
    images: await findImages(dataFolder),
    dataFolder,
    reportsFolder,
    only,
  });

  const route = createRoutes({ watcher, root, dataFolder, reportsFolder });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const isFrame = isEmbedded(request.url ?? '');
    if (isFrame) response.setHeader('Content-Security-Policy', embeddedPolicy);
    const misdirected = refusalOfHost(request.headers.host, host, allowedHosts);
    if (misdirected) return refuse(response, 421, misdirected);
    const foreign = refusalOfOrigin(request.headers, isFrame);
    if (foreign) return refuse(response, 403, foreign);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'only GET and HEAD');
    }
    const segments = segmentsOf(request.url ?? '');
    if (segments === undefined) return refuse(response, 400, 'no such address');
    pages(request, response, () => {
      route(request, response, segments).catch(() => {
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'this could not be read');
      });
    });
  });
  const wanted = options.port ?? DEFAULT_PORT;
  const port = await listen(server, host, wanted, options.port === undefined ? PORTS : 1);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    runsFolder: options.runsFolder,
    close: async () => {
      watcher.close();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
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
