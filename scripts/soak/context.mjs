/** The parts that the trials of a soak share: seeded chance, the command in processes of its own, and the runs to compare with. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@dropout-lab/files';
import { createGenerator, fold } from '@dropout-lab/random';
import { x } from 'tinyexec';
import { repository } from '../spawn-turbo.mjs';

/** @typedef {import('@dropout-lab/random').RandomKey} RandomKey */

export const cli = join(repository, 'apps/trainer/dist/cli.js');

/** A promise was not kept: what was found, to be printed with the seed. */
export class Broken extends Error {}

/** @param {boolean} isHeld @param {string} found What was found instead. */
export const require = (isHeld, found) => {
  if (!isHeld) throw new Broken(found);
};

/**
 * @typedef {object} Random
 * @property {(n: number) => number} below A whole number from 0 to n - 1.
 * @property {<T>(values: readonly T[]) => T} pick
 */

/** @param {RandomKey} key @returns {Random} */
export const randomOf = (key) => {
  const { nextInt } = createGenerator(key);
  return { below: nextInt, pick: (values) => /** @type {any} */ (values[nextInt(values.length)]) };
};

/** The key of the nth trial of a kind. @param {RandomKey} key @param {number} kind @param {number} n */
export const trialKey = (key, kind, n) => fold(key, kind, n);

/**
 * @typedef {object} Ended
 * @property {number | null} code Null when a signal ended it.
 * @property {string} stdout
 * @property {string} stderr
 */

/** Commands are given up after this time, many times what they need. */
const PATIENCE_MS = 60_000;

/**
 * Runs the command to its end.
 *
 * @param {readonly string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {string} [options.of] What is tried, for when there is no answer.
 * @param {number} [options.killAfterMs] With SIGKILL.
 * @param {number} [options.blocks] The longest file that it may write, in the shell's blocks of 512 bytes.
 * @param {(end: () => void) => void} [options.watch] Called once; `end` ends the command with SIGKILL.
 * @param {NodeJS.ProcessEnv} [options.env] Added to this process's own.
 * @returns {Promise<Ended>}
 */
export const command = async (args, { cwd, of = args.join(' '), killAfterMs, blocks, watch, env = {} }) => {
  const line = [process.execPath, cli, ...args];
  const [program, ...rest] =
    blocks === undefined ? line : ['sh', '-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', ...line];
  const child = x(/** @type {string} */ (program), rest, {
    nodeOptions: { cwd, env: { NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let isLate = false;
  const end = () => {
    child.kill('SIGKILL');
  };
  const timers = [
    setTimeout(() => {
      isLate = true;
      end();
    }, PATIENCE_MS),
    ...(killAfterMs === undefined ? [] : [setTimeout(end, killAfterMs)]),
  ];
  watch?.(end);
  const { exitCode, stdout, stderr } = await child;
  timers.forEach(clearTimeout);
  if (isLate) throw new Broken(`${of}: no answer in ${PATIENCE_MS / 1000} s`);
  return { code: exitCode ?? null, stdout, stderr };
};

/** Requires a refusal in sentences: no success, no stack trace, something said. @param {Ended} ended @param {string} of */
export const requireRefusal = ({ code, stderr }, of) => {
  require(code !== 0, `${of}: expected a refusal, found exit code 0`);
  require(code !== null, `${of}: expected a refusal, found the end by a signal`);
  require(stderr.trim() !== '', `${of}: expected a sentence, found none`);
  require(!/^\s+at .*[:(]/m.test(stderr), `${of}: expected a sentence, found a stack trace:\n${stderr}`);
};

/** A run of two seconds, on drawn images, with a checkpoint every third step. */
const config = {
  dataset: 'shapes',
  model: { filters: [4, 6], units: [12], maxNorm: { value: 0.5 } },
  optimizer: { name: 'adam', learningRate: 0.003 },
  batchSize: 25,
  epochs: 2,
  limitTrain: 500,
  limitTest: 50,
  checkpointEverySteps: 3,
  callbacks: [{ name: 'reduce_lr_on_plateau', patience: 1, minDelta: 0.5 }],
};

/**
 * @typedef {object} Context
 * @property {string} folder For everything that trials make.
 * @property {string} config A file.
 * @property {object} settings Its content.
 * @property {string} whole A run that nothing interrupted.
 * @property {string} half The same run, killed half-way.
 * @property {string} outcome The digest of the whole run's weights, optimizer and metrics.
 */

/** @param {string} file @param {string} run @param {readonly string[]} [rest] @returns {readonly string[]} */
export const train = (file, run, rest = []) => [
  ...['train', '--config', file, '--backend', 'wasm', '--workers', '1', '--run-dir', run],
  ...rest,
];

/** Returns the digest of a run's last weights, its optimizer and its metrics. @param {string} run */
export const outcomeOf = async (run) => {
  const last = join(run, 'checkpoints', 'last');
  const parts = await Promise.all(
    [join(last, 'weights.bin'), join(last, 'optimizer.bin'), join(run, 'history.csv')].map((file) =>
      readFile(file),
    ),
  );
  return sha256((await Promise.all(parts.map((part) => sha256(part)))).join());
};

/** @param {string} folder An empty one. @returns {Promise<Context>} */
export const prepare = async (folder) => {
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const [whole, half] = ['whole', 'half'].map((name) => join(folder, name));
  const ended = await command(train(file, /** @type {string} */ (whole)), { cwd: folder });
  require(ended.code ===
    0, `the run to compare with: expected exit code 0, found ${ended.code}\n${ended.stderr}`);
  await command(train(file, /** @type {string} */ (half)), {
    cwd: folder,
    watch: (end) => endAfterCheckpoint(/** @type {string} */ (half), end),
  });
  return {
    folder,
    config: file,
    settings: config,
    whole: /** @type {string} */ (whole),
    half: /** @type {string} */ (half),
    outcome: await outcomeOf(/** @type {string} */ (whole)),
  };
};

/** @param {string} run @param {() => void} end */
const endAfterCheckpoint = (run, end) => {
  const timer = setInterval(async () => {
    /** @type {string[]} */
    const names = await readdir(join(run, 'checkpoints')).catch(() => []);
    if (!names.includes('best')) return;
    clearInterval(timer);
    end();
  }, 5);
};

/** Makes a new folder. @param {Context} context @param {string} name */
export const newFolder = async ({ folder }, name) => {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
};
