import type { PreparePicturesOptions } from '@dropout-lab/data';

/** Options of the functions that load a user's own images. */
export interface OwnImagesOptions extends PreparePicturesOptions {
  /** In Node, of a path: the folder of the cache, by default the platform's. */
  readonly cacheDirectory?: string | undefined;
}
