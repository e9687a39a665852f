import { buffer } from 'node:stream/consumers';
import type { Download } from 'playwright-core';

/** The content of a file that a page offers: a browser that is shared has no path for it here. */
export const downloaded = async (download: Download): Promise<Buffer> =>
  buffer(await download.createReadStream());
