import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file of the built pages. */
export interface SiteFile {
  readonly path: string;
  readonly type: string;
  /** Its name holds a digest of its content. */
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/x-ndjson; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
};

/** The content type of a file that is served, by its name. */
export const contentType = (name: string): string => types[extname(name)] ?? 'application/octet-stream';

/**
 * The built pages by the path that they are asked for: what is not on this list is not served, however its path
 * is written.
 *
 * @param folder Where they were built.
 */
export const listSite = async (folder: string): Promise<ReadonlyMap<string, SiteFile>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry): [string, SiteFile] => {
      const path = join(entry.parentPath, entry.name);
      const url = path.slice(folder.length).replaceAll('\\', '/');
      return [url, { path, type: contentType(entry.name), immutable: url.startsWith('/assets/') }];
    });
  const site = new Map(files);
  const index = site.get('/index.html');
  if (index) site.set('/', index);
  return site;
};

/** Reads a listed file. */
export const readSiteFile = ({ path }: SiteFile): Promise<Uint8Array> => readFile(path);
