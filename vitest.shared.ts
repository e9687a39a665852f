import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Hides the greeting of TensorFlow.js's cpu backend, which every test of it would print. */
export const onConsoleLog = (log: string): boolean =>
  !log.includes('you are running TensorFlow.js in Node.js');

/** The one test configuration: a project named after the folder whose `vitest.config.ts` asks for it. */
export const projectConfig = (configUrl: string) => {
  const root = dirname(fileURLToPath(configUrl));
  return defineConfig({
    test: {
      name: basename(root),
      onConsoleLog,
      root,
      include: ['src/**/*.test.ts'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  });
};
