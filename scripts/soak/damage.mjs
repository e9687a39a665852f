import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { command, outcomeOf, require, requireRefusal } from './context.mjs';

/** @typedef {import('./context.mjs').Context} Context @typedef {import('./context.mjs').Random} Random */

/**
 * One bit or one digit of a run's files is another: the run is refused, or ends as it would have.
 *
 * @param {Context} context
 * @param {Random} random
 */
export const damage = async ({ folder, half, outcome }, random) => {
  const run = join(folder, `damaged-${random.below(1e9)}`);
  await cp(half, run, { recursive: true });
  const entries = await readdir(run, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const file = random.pick(files.filter((path) => !path.endsWith('run.lock')).sort());
  const bytes = await readFile(file);
  const what = change(bytes, random);
  if (what === undefined) return {};
  await writeFile(file, bytes);
  const of = `${relative(run, file)} with ${what}`;
  const ended = await command(['train', '--resume', run], { cwd: folder });
  if (ended.code === 0)
    require((await outcomeOf(run)) === outcome, `${of}: resumes to other weights or metrics`);
  else requireRefusal(ended, of);
  await rm(run, { recursive: true });
  return { flips: 1, [ended.code === 0 ? 'harmless flips' : 'refused flips']: 1 };
};

/** Changes a bit, or a digit to another digit. @param {Buffer} bytes @param {Random} random */
const change = (bytes, random) => {
  if (bytes.length === 0) return undefined;
  const digits = [...bytes.keys()].filter((i) => isDigit(bytes.readUInt8(i)));
  if (digits.length > 0 && random.below(2) === 0) {
    const at = random.pick(digits);
    const old = bytes.readUInt8(at);
    const digit = ZERO + ((old - ZERO + 1 + random.below(9)) % 10);
    bytes.writeUInt8(digit, at);
    return `${String.fromCharCode(old)} made ${String.fromCharCode(digit)} at byte ${at}`;
  }
  const at = random.below(bytes.length);
  const bit = random.below(8);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return `bit ${bit} of byte ${at} turned`;
};

const ZERO = '0'.charCodeAt(0);
/** @param {number} byte */
const isDigit = (byte) => byte >= ZERO && byte < ZERO + 10;
