import { basename, dirname, resolve } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cacheDirectory } from './cache-directory.ts';

afterEach(() => vi.unstubAllEnvs());

test('the cache is the folder that is named, from wherever the process runs', () => {
  vi.stubEnv('DROPOUT_LAB_CACHE', 'some/cache');
  expect(cacheDirectory()).toBe(resolve('some/cache'));
});

test.runIf(process.platform === 'linux')('an empty name is none, and XDG_CACHE_HOME is heeded', () => {
  vi.stubEnv('DROPOUT_LAB_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/elsewhere');
  expect(cacheDirectory()).toBe('/elsewhere/dropout-lab');
});

test.runIf(process.platform !== 'win32')('otherwise it is the platform’s, named after dropout-lab', () => {
  vi.stubEnv('DROPOUT_LAB_CACHE', undefined);
  vi.stubEnv('XDG_CACHE_HOME', undefined);
  expect(basename(cacheDirectory())).toBe('dropout-lab');
  expect(['.cache', 'Caches']).toContain(basename(dirname(cacheDirectory())));
});
