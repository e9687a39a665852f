import { fileURLToPath } from 'node:url';

/** The folder of the built pages, seen from `src` and from `dist` alike. */
export const siteFolder = fileURLToPath(new URL('../dist/site', import.meta.url));
