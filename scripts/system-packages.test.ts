import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { systemProgram } from './system-packages.mjs';
import { temporaryFolder } from './temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const packages = { debian: 'tool', elsewhere: 'brew install tool' };

test('a program that is on the PATH is taken as it is', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'tool');
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  vi.stubEnv('PATH', folder);
  expect(await systemProgram('tool', packages)).toBe(path);
});

test('where nothing can be installed, one line says what to install', async () => {
  vi.stubEnv('PATH', temporaryFolder());
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await systemProgram('tool', packages)).toBeUndefined();
  expect(write.mock.calls).toEqual([
    ['tool is not installed (there is no apt-get here): apt-get install tool, or brew install tool\n'],
  ]);
});
