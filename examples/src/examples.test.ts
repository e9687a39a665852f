import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runNode } from '../../scripts/run-node.ts';

const folder = new URL('.', import.meta.url);

/** The checks of each example's output, on any backend. */
const outcomes: Readonly<Record<string, (output: string) => void>> = {
  'first-steps.js': (output) => {
    expect(output.match(/^epoch \d: loss /gm)).toHaveLength(8);
    expect(numberIn(output, /test accuracy ([\d.]+); the first test image is a [a-z]+$/m)).toBeGreaterThan(
      0.1,
    );
  },
  'train.js': (output) => {
    // 0.1 is chance.
    expect(numberIn(output, /test accuracy ([\d.]+)/)).toBeGreaterThan(0.15);
  },
  'own-model.js': (output) => {
    expect(numberIn(output, /epoch 20: .* accuracy ([\d.]+)/)).toBeGreaterThan(0.25);
    expect(numberIn(output, /largest norm of a filter: ([\d.]+)/)).toBeCloseTo(1.5, 2);
  },
  'own-parts.js': (output) => {
    expect(output).toMatch(/^early_stopping: validation accuracy 0\.\d+ is good enough$/m);
    const [accuracy, top3] = [/ accuracy ([\d.]+)/g, / top3 ([\d.]+)/g].map((pattern) =>
      Number([...output.matchAll(pattern)].at(-1)?.[1]),
    );
    expect(top3).toBeGreaterThan(accuracy!);
    expect(numberIn(output, /val_top3 ([\d.]+)/)).toBeGreaterThan(0.3);
  },
  'own-images.js': (output) => {
    expect(numberIn(output, /accuracy on new images: ([\d.]+)/)).toBeGreaterThan(0.6);
  },
  'stop-and-resume.js': (output) => {
    expect(output).toMatch(/completed after step 24\ninterrupted after step 13\ncompleted after step 24\n/);
    const [whole, resumed] = Array.from(output.matchAll(/: +([0-9a-f]{64})$/gm), (match) => match[1]);
    expect(resumed).toBe(whole);
  },
  'compare-arms.js': (output) => {
    expect(output.match(/^seed \d: /gm)).toHaveLength(6);
    expect(output).toMatch(
      /dropout minus none: -?0\.\d{3}, 95% interval -?0\.\d{3} to -?0\.\d{3}, p = 0\.\d{3}/,
    );
  },
};

const numberIn = (output: string, pattern: RegExp): number => Number(output.match(pattern)?.[1]);

const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

// What the examples import and what package.json lists is the same, by knip.
test('the README has users install what the examples import', () => {
  const [, specs = ''] = read('../README.md').match(/^npm install (.+)$/m) ?? [];
  const names = specs.split(' ').map((spec) => spec.replace(/(?<=.)@\d+$/, ''));
  expect(names.sort()).toEqual(Object.keys(JSON.parse(read('../package.json')).dependencies).sort());
});

const examples = readdirSync(folder).filter((name) => name.endsWith('.js'));

test.each(examples)('%s', { timeout: 300_000 }, async (name) => {
  const cwd = await mkdtemp(join(tmpdir(), 'dropout-lab-example-'));
  const { code, stdout, stderr } = await runNode([fileURLToPath(new URL(name, folder))], { cwd });
  await rm(cwd, { recursive: true, force: true });
  expect(code, stderr).toBe(0);
  const outcome = outcomes[name];
  if (outcome === undefined) throw new Error(`${name}: expected a check of its output here, found none`);
  outcome(stdout);
});
