/**
 * `npm run soak -- --minutes N [--seed S] [--only KIND]`: kills runs, fills their disk, turns bits of their files, gives the
 * command wrong input, leaves the viewer in the middle of an answer, and fetches images from mirrors that lie, at random from a seed;
 * after that time it prints what it did and whether all was as it should be. docs/reliability.md has the counts of a long one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomKey } from '@dropout-lab/random';
import { Broken, prepare, randomOf, trialKey } from './context.mjs';
import { damage } from './damage.mjs';
import { badInput } from './input.mjs';
import { fullDisks, kills } from './kills.mjs';
import { mirrors } from './mirrors.mjs';
import { disconnects } from './viewer.mjs';

const kinds = { kills, fullDisks, damage, badInput, disconnects, mirrors };
const names = /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds));

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: `${Date.now() % 1e6}` },
    only: { type: 'string', multiple: true, default: names },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const wrong = values.only.find((name) => !(name in kinds));
if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0 || wrong !== undefined) {
  process.stderr.write(
    `soak: expected --minutes above 0, --seed a whole number and --only one of ${names.join(', ')}, received ${JSON.stringify(values)}\n`,
  );
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'dropout-lab-soak-'));
const started = performance.now();
/** Every kind has its turn before the first round ends, however slow the machine is. @param {number} round */
const isOver = (round) => round > 0 && performance.now() - started > minutes * 60_000;

/** @type {Record<string, Record<string, number>>} */
const done = {};
/** @type {string[]} */
const broken = [];
try {
  const context = await prepare(folder);
  for (let n = 0; !isOver(n); n++) {
    for (const [kind, name] of names.entries()) {
      if (!values.only.includes(name) || isOver(n)) continue;
      try {
        const counts = await kinds[name](context, randomOf(trialKey(randomKey(seed), kind, n)));
        done[name] = sum(done[name] ?? {}, counts);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        broken.push(`${name}, trial ${n}: ${error.message}`);
        console.log(`✗ ${broken.at(-1)}`);
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

console.log(`soak: seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s`);
for (const [name, counts] of Object.entries(done))
  console.log(
    `  ${name}: ${Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ')}`,
  );
console.log(broken.length === 0 ? 'All was as it should be.' : `${broken.length} broken.`);
process.exitCode = broken.length === 0 ? 0 : 1;

/** @param {Record<string, number>} total @param {Record<string, number>} counts */
function sum(total, counts) {
  const all = { ...total };
  for (const [what, n] of Object.entries(counts))
    all[what] = what.startsWith('slowest') ? Math.max(all[what] ?? 0, n) : (all[what] ?? 0) + n;
  return all;
}
