import { fileURLToPath } from 'node:url';

/** The folder of the built page and script, seen from `src/web` and from `dist` alike. */
export const webFolder = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? './web' : '../../dist/web', import.meta.url),
);
