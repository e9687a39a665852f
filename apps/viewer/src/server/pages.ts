import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { siteFolder } from '../site-folder.ts';
import { ViewerError } from './errors.ts';

/** Answers a request for one of the built pages, and leaves the rest to `next`. */
export type Pages = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Serves the built pages.
 *
 * @throws ViewerError when they were not built.
 */
export const openPages = async (): Promise<Pages> => {
  await access(join(siteFolder, 'index.html')).catch((cause) => {
    throw new ViewerError(`${siteFolder}: expected the viewer's pages, found none: build the package`, {
      cause,
    });
  });
  return sirv(siteFolder, {
    // Looked up at each request: a list made at the start would have the server fail at a file that a build has replaced.
    dev: true,
    etag: true,
    extensions: ['html'],
    setHeaders: (response, path) =>
      response.setHeader(
        'Cache-Control',
        // Names of assets have a digest of their content.
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  });
};
