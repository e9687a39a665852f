import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { numericsConfig, onConsoleLog, type TestBackend } from './vitest.shared.ts';

/** The packages whose tests are run on every backend. */
const numericPackages = ['model', 'training', 'interchange'];

/** The backends besides cpu; `npm test` finds out whether tfjs-node is one of them. */
const otherBackends = (process.env['TEST_BACKENDS'] ?? 'wasm').split(',') as TestBackend[];

const numerics = otherBackends.flatMap((backend) =>
  numericPackages.map((folder) =>
    numericsConfig(new URL(`packages/${folder}/vitest.config.ts`, import.meta.url).href, backend),
  ),
);

export default defineConfig({
  test: {
    onConsoleLog,
    // Vitest leaves a core free. On few cores three workers share them: a third of what tests do is to wait, for
    // browsers, servers, disks and time-outs.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: ['packages/*', 'apps/*', 'parity', 'scripts', 'release', 'examples', ...numerics],
  },
});
