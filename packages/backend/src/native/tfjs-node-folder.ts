import { join } from 'node:path';
import { cacheDirectory } from '@dropout-lab/files/node';
import { version_core } from '@tensorflow/tfjs-core';

/**
 * The folder of a tfjs-node that `npm ci` does not delete: an npm project with it and its native addon under
 * `node_modules`. It is in the cache folder of dropout-lab (`DROPOUT_LAB_CACHE` where set, else the platform's), one for
 * each platform and version, so that it is always the version of the application's tfjs-core.
 */
export const tfjsNodeFolder = (): string =>
  join(cacheDirectory(), 'tfjs-node', `${version_core}-${process.platform}-${process.arch}`);
