import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';

/** Hides the greeting of TensorFlow.js's cpu backend, which every test of it would print. */
export const onConsoleLog = (log: string): boolean =>
  !log.includes('you are running TensorFlow.js in Node.js');

/** The backends that a package's tests can be run on; tfjs-node is `node`. */
export type TestBackend = 'cpu' | 'wasm' | 'node';

/** The one test configuration: a project named after the folder whose `vitest.config.ts` asks for it. */
export const projectConfig = (configUrl: string) => projectIn(dirname(fileURLToPath(configUrl)));

/** The same for tests that compute, begun on a backend: in the package's folder, and in `npm test` first of all, cpu. */
export const numericsConfig = (configUrl: string, backend: TestBackend = 'cpu') => {
  const root = dirname(fileURLToPath(configUrl));
  return mergeConfig(projectIn(root), {
    test: {
      ...(backend !== 'cpu' && {
        name: `${basename(root)} on ${backend}`,
        // Whose threads compute on cpu, whatever this process was started with.
        exclude: [...configDefaults.exclude, 'src/**/*.cpu.test.ts'],
      }),
      env: { TEST_BACKEND: backend },
      setupFiles: fileURLToPath(new URL('scripts/test-backend.ts', import.meta.url)),
    },
  });
};

/**
 * Packages whose tests leave nothing behind in their process: their files share one, so that what they import is loaded once
 * and not for each file, which takes half of the time of short tests.
 */
const sharing = new Set([
  'contracts',
  'random',
  'metrics',
  'charts',
  'data',
  'runs',
  'model',
  'training',
  'interchange',
]);

const projectIn = (root: string) =>
  defineConfig({
    test: {
      name: basename(root),
      isolate: !sharing.has(basename(root)),
      onConsoleLog,
      root,
      include: ['src/**/*.test.ts'],
      // Printed command lines begin with the words that a command was called by: the same however the tests were.
      env: { npm_lifecycle_event: 'test' },
      // A page, or another process, takes its time on a busy machine.
      expect: { poll: { timeout: 30_000 } },
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  });
