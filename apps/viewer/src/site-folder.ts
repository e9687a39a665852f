import { fileURLToPath } from 'node:url';

/** The built pages: as seen from `src` and from `dist` alike. */
export const siteFolder = fileURLToPath(new URL('../dist/site', import.meta.url));
