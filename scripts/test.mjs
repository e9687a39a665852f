/**
 * `npm test`: builds, lints and type-checks everything, sets up native TensorFlow where possible, then runs every test;
 * tests that compute run on every backend. A check that fails counts as a failure beside the failed tests; when
 * something cannot be built, no test is run. The last line is the count.
 *
 * Arguments are passed to vitest as filters: `npm test -- packages/random`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { x } from 'tinyexec';
import { startVitest } from 'vitest/node';
import { exitCodeOf, repository, spawnTurbo } from './spawn-turbo.mjs';
import { summaryOf, tallyOf } from './test-tally.mjs';

/** @returns {Promise<string[]>} The tasks that failed, such as `@dropout-lab/random#lint`. */
const runChecks = async () => {
  const startedAt = Date.now();
  const turbo = spawnTurbo(
    [
      ...['build', 'lint', 'typecheck'],
      ...['--continue=dependencies-successful', '--output-logs=errors-only', '--log-order=grouped'],
      '--summarize',
    ],
    'inherit',
  );
  const exitCode = await exitCodeOf(turbo);
  if (exitCode === 0) return [];
  const failed = (await tasksSince(startedAt)).filter(({ execution }) => (execution?.exitCode ?? 0) !== 0);
  return failed.length > 0 ? failed.map(({ taskId }) => taskId) : [`turbo (exit code ${exitCode})`];
};

/**
 * @param {number} startedAt
 * @returns {Promise<{ taskId: string, execution?: { exitCode: number | null } }[]>} From the summary of turbo's run.
 */
const tasksSince = async (startedAt) => {
  const folder = join(repository, '.turbo', 'runs');
  const files = await readdir(folder).catch(() => []);
  const runs = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'))),
  );
  return runs.find(({ execution }) => execution.startTime >= startedAt)?.tasks ?? [];
};

/**
 * Sets tfjs-node up, for the tests that run on every backend.
 *
 * @returns {Promise<string | undefined>} The reason why it is not available; undefined where it is.
 */
const setUpNative = async () => {
  const script = fileURLToPath(new URL('setup-native/main.mjs', import.meta.url));
  const { exitCode, stdout } = await x(process.execPath, [script], {
    nodeOptions: { stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const outcome = stdout.trim().split('\n').at(-1) ?? '';
  console.log(outcome);
  return exitCode === 0 ? undefined : outcome;
};

/** @param {string | undefined} withoutNative */
const runTests = async (withoutNative) => {
  process.env['TEST_BACKENDS'] = withoutNative === undefined ? 'wasm,node' : 'wasm';
  const vitest = await startVitest('test', process.argv.slice(2), {
    root: repository,
    watch: false,
    allowOnly: false,
    reporters: ['default'],
  });
  const tally = tallyOf(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
  await vitest.close();
  return withoutNative === undefined
    ? tally
    : { ...tally, skipped: [...tally.skipped, `every test of computing, on tfjs-node (${withoutNative})`] };
};

/** @param {string} title @param {readonly string[]} names */
const list = (title, names) => {
  if (names.length > 0) console.log(`\n${title}:\n${names.map((name) => `  ${name}`).join('\n')}`);
};

const failedChecks = await runChecks();
const isBuilt = !failedChecks.some((task) => /#(build|kernels)$|^turbo /.test(task));
const tests = isBuilt ? await runTests(await setUpNative()) : { passed: 0, failed: [], skipped: [] };
if (!isBuilt) console.log('\nNo test was run: the build failed.');

const tally = { ...tests, failed: [...failedChecks, ...tests.failed] };
list('Skipped', tally.skipped);
list('Failed', tally.failed);
const ok = tally.failed.length === 0 && (process.exitCode ?? 0) === 0;
// Exits once the line is printed, even if a test has left something open.
process.stdout.write(`\n${summaryOf(tally)}\n`, () => process.exit(ok ? 0 : 1));
