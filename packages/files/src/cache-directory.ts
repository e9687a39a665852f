import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * Returns the folder for everything that is fetched or built once: `DROPOUT_LAB_CACHE` where set, else the platform's
 * cache folder (`~/.cache/dropout-lab`, `~/Library/Caches/dropout-lab`, `%LOCALAPPDATA%\dropout-lab\Cache`).
 */
export const cacheDirectory = (): string => {
  const chosen = process.env['DROPOUT_LAB_CACHE'];
  return chosen ? resolve(chosen) : envPaths('dropout-lab', { suffix: '' }).cache;
};
