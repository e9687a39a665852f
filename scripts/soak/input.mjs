import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command, newFolder, require, requireRefusal, train } from './context.mjs';

/** @typedef {import('./context.mjs').Context} Context @typedef {import('./context.mjs').Random} Random */

/** Values that a setting might be given; some are right for some settings. */
const values = [
  ...[
    null,
    true,
    -1,
    0,
    0.5,
    1.5,
    1e9,
    1e308,
    -0,
    2 ** 53,
    '',
    '1e9',
    'NaN',
    'Infinity',
    '\u0000',
    '\u001b[31mred',
  ],
  ...[
    'x'.repeat(100_000),
    '../../x',
    '__proto__',
    [],
    {},
    [[]],
    [1e9],
    [-1],
    [30_000, 30_000],
    { name: 'x' },
  ],
];

/** The bytes of a configuration that is none. @type {readonly ((text: string, random: Random) => string | Buffer)[]} */
const texts = [
  (text, { below }) => text.slice(0, below(text.length)),
  (text) => `${text}${text}`,
  () => '['.repeat(200_000),
  () => `{"model":${'{"model":'.repeat(50_000)}`,
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  (_, { below }) => Buffer.from(Array.from({ length: 500 }, () => below(256))),
  () => '',
  () => '"adam"',
  () => 'null',
];

/** Things in the place of a configuration. @type {readonly ((path: string) => unknown)[]} */
const places = [
  (path) => mkdir(path),
  (path) => symlink(path, path),
  (path) => symlink('/dev/zero', path),
  (path) => execFileSync('mkfifo', [path]),
  async (path) => {
    await writeFile(path, '{');
    await truncate(path, 2 ** 32);
  },
];

/**
 * A configuration or an option that is wrong is refused in a sentence, before a folder is made.
 *
 * @param {Context} context
 * @param {Random} random
 */
export const badInput = async (context, random) => {
  const folder = await newFolder(context, `input-${random.below(1e9)}`);
  const file = join(folder, 'config.json');
  const [kind, what] = await write(file, context.settings, random);
  const run = join(folder, 'run');
  const ended = await command(train(file, run, ['--limit-train', '500', '--limit-test', '50']), {
    cwd: folder,
    of: what,
    // A value that is right for its setting begins to train; that is no wrong input then.
    watch: (end) => {
      const timer = setInterval(() => {
        if (!existsSync(folder)) clearInterval(timer);
        else if (existsSync(join(run, 'run.json'))) {
          clearInterval(timer);
          end();
        }
      }, 20);
    },
  });
  const isAccepted = existsSync(run);
  if (!isAccepted) {
    requireRefusal(ended, what);
    require(ended.code === 2, `${what}: expected exit code 2, found ${ended.code}\n${ended.stderr}`);
    require(/^[^\n]*\n?$/.test(ended.stderr), `${what}: expected one sentence, found\n${ended.stderr}`);
    require(ended.stderr.length <
      2000, `${what}: expected one sentence, found ${ended.stderr.length} characters`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for.
    require(!/[\u0000-\u0008\u000b-\u001f]/.test(
      ended.stderr,
    ), `${what}: control characters reach the terminal`);
  } else {
    require(kind === 'value', `${what}: expected a refusal, found a run`);
    require(ended.code === 0 || ended.code === null, `${what}: a run was made, then\n${ended.stderr}`);
  }
  await rm(folder, { recursive: true });
  return { inputs: 1, [isAccepted ? 'right inputs' : 'refused inputs']: 1 };
};

/**
 * @param {string} file
 * @param {object} settings
 * @param {Random} random
 * @returns {Promise<[kind: 'value' | 'text' | 'place', what: string]>}
 */
const write = async (file, settings, random) => {
  const kind = random.pick(/** @type {const} */ (['value', 'value', 'value', 'text', 'place']));
  if (kind === 'place') {
    const place = random.pick(places);
    await place(file);
    return [kind, `a configuration made by ${place}`];
  }
  const copy = structuredClone(settings);
  if (kind === 'text') {
    const text = random.pick(texts);
    await writeFile(file, text(JSON.stringify(copy), random));
    return [kind, `a configuration made by ${text}`];
  }
  const holders = objectsOf(copy);
  const holder = random.pick(holders);
  const key = random.pick([...Object.keys(holder), 'unknown', '__proto__']);
  const value = random.pick(values);
  Object.defineProperty(holder, key, { value, enumerable: true });
  await writeFile(file, JSON.stringify(copy));
  return [
    kind,
    `the configuration with ${JSON.stringify({ [key]: value }).slice(0, 100)} in ${JSON.stringify(holder).slice(0, 100)}`,
  ];
};

/** @param {unknown} value @returns {Record<string, unknown>[]} The value and everything in it that has keys. */
const objectsOf = (value) =>
  typeof value !== 'object' || value === null
    ? []
    : [/** @type {Record<string, unknown>} */ (value), ...Object.values(value).flatMap(objectsOf)];
