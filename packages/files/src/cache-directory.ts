import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * Returns the folder that everything fetched or built once is kept in: `DROPOUT_LAB_CACHE` where set, else the platform's
 * cache folder (`~/.cache/dropout-lab`, `~/Library/Caches/dropout-lab`, `%LOCALAPPDATA%\dropout-lab\Cache`).
 */
export const cacheDirectory = (): string => {
  const chosen = process.env['DROPOUT_LAB_CACHE'];
  return chosen ? resolve(chosen) : envPaths('dropout-lab', { suffix: '' }).cache;
};
