import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The addresses of all modules that are imported while a command line runs. */
const modulesOf = (args: readonly string[], code = 0): string[] => {
  const folder = temporaryFolder();
  const list = join(folder, 'modules');
  const hooks = join(folder, 'hooks.mjs');
  writeFileSync(list, '');
  writeFileSync(
    hooks,
    `import { appendFileSync } from 'node:fs';
    export const load = (url, context, next) => {
      appendFileSync(${JSON.stringify(list)}, url + '\\n');
      return next(url, context);
    };`,
  );
  const start = join(folder, 'start.mjs');
  writeFileSync(
    start,
    `import { register } from 'node:module'; register(${JSON.stringify(pathToFileURL(hooks).href)});`,
  );
  const { status } = spawnSync(process.execPath, ['--import', pathToFileURL(start).href, cli, ...args]);
  expect(status).toBe(code);
  return readFileSync(list, 'utf8').trim().split('\n');
};

// Counted rather than timed: a busy machine takes longer, but loads no more.
test.each([[['--help']], [['train', '--help']], [['--version']]])(
  '%s starts without TensorFlow.js, and loads few modules',
  (args) => {
    const modules = modulesOf(args).filter((url) => url.startsWith('file:'));
    expect(modules.filter((url) => url.includes('@tensorflow'))).toEqual([]);
    expect(modules.length).toBeLessThanOrEqual(MOST_MODULES);
  },
);

const MOST_MODULES = 220;

/** Libraries that only reports, study files in TypeScript, other formats and pictures of one's own need. */
const forOthers = [
  ...['@resvg/', 'linkedom', 'jiti', 'w3c-xmlserializer', 'h5wasm', '@bufbuild/protobuf', 'sharp', 'undici'],
  ...['@dropout-lab/charts', 'packages/charts', 'packages/interchange'],
];

test('a training loads nothing that it has no use for', () => {
  const folder = temporaryFolder();
  const settings = ['--dataset', 'shapes', '--limit-train', '40', '--limit-test', '10', '--max-steps', '1'];
  const modules = modulesOf(['train', ...settings, '--backend', 'wasm', '--run-dir', join(folder, 'run')]);
  expect(modules.filter((url) => url.includes('@tensorflow'))).not.toEqual([]);
  expect(modules.filter((url) => forOthers.some((name) => url.includes(`/${name}`)))).toEqual([]);
});

test('more images than there are are refused without TensorFlow.js', () => {
  const modules = modulesOf(['train', '--limit-test', '99999999'], 2);
  expect(modules.filter((url) => url.includes('@tensorflow'))).toEqual([]);
});
