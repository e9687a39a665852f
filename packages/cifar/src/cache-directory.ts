import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * The folder that holds every data set: `DROPOUT_LAB_CACHE` where set, else the platform's cache folder
 * (`~/.cache/dropout-lab`, `~/Library/Caches/dropout-lab`, `%LOCALAPPDATA%\dropout-lab\Cache`).
 */
export const cacheDirectory = (): string => {
  const chosen = process.env['DROPOUT_LAB_CACHE'];
  return chosen ? resolve(chosen) : envPaths('dropout-lab', { suffix: '' }).cache;
};
