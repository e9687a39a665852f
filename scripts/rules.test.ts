import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runNode } from './run-node.ts';
import { repository } from './spawn-turbo.mjs';
import { temporaryFolder } from './temporary-folder.ts';

// The rules are tested on a copy of the repository's outline: no source of ours is touched, and they can be tested
// with and without built packages.

const outline = temporaryFolder();
const packageNames = await readdir(join(repository, 'packages'));

const write = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(join(outline, file)), { recursive: true });
  await writeFile(join(outline, file), text);
};

beforeAll(async () => {
  for (const file of [
    ...['.dependency-cruiser.mjs', '.gitignore', 'biome.json', 'lint'],
    ...['package.json', 'apps/trainer/package.json', 'apps/viewer/package.json'],
  ])
    await cp(join(repository, file), join(outline, file), { recursive: true });
  await mkdir(join(outline, 'node_modules/@dropout-lab'), { recursive: true });
  for (const name of packageNames) {
    await mkdir(join(outline, 'packages', name), { recursive: true });
    const manifest = join('packages', name, 'package.json');
    await cp(join(repository, manifest), join(outline, manifest));
    await symlink(
      join(outline, 'packages', name),
      join(outline, 'node_modules/@dropout-lab', name),
      'junction',
    );
  }
  await write('packages/random/src/key.ts', 'export const key = 1;\n');
  await write('apps/trainer/src/cli.ts', 'export const cli = 1;\n');
});

const bin = (...path: string[]): string => join(repository, 'node_modules', ...path);

describe('the layers', () => {
  const crossings: readonly (readonly [file: string, specifier: string, rule: string])[] = [
    ['packages/metrics/src/a.ts', '@dropout-lab/training', 'layer-metrics'],
    ['packages/random/src/b.ts', '@dropout-lab/contracts', 'layer-random'],
    ['packages/runs/src/c.ts', '@dropout-lab/cifar/node', 'layer-runs'],
    ['packages/training/src/d.test.ts', '@dropout-lab/backend/node', 'layer-training'],
    ['packages/metrics/src/e.ts', '../../../apps/trainer/src/cli.ts', 'layer-metrics'],
    ['packages/training/src/f.ts', 'dropout-lab', 'layer-training'],
    ['packages/metrics/src/g.ts', '@dropout-lab/random/dist/key.js', 'exports-only'],
    ['apps/trainer/src/h.ts', '@dropout-lab/random/dist/key.js', 'exports-only'],
    ['packages/metrics/src/i.ts', '../../random/src/key.ts', 'by-name-only'],
    ['apps/trainer/src/j.ts', '../../../packages/random/src/key.ts', 'by-name-only'],
    ['packages/training/src/k.ts', 'node:fs', 'no-node-in-pure-packages'],
    ['packages/runs/src/index.ts', 'node:fs', 'browser-entry-point'],
    ['packages/study/src/index.ts', './s.ts', 'analysis-draws-nothing'],
    ['packages/metrics/src/l.ts', '@tensorflow/tfjs-core', 'tensorflow-where-needed'],
    ['packages/training/src/m.ts', '@tensorflow/tfjs-backend-wasm', 'backends-from-outside'],
    ['packages/random/src/index.ts', 'vitest', 'no-test-tools-in-builds'],
  ];
  const allowed: readonly (readonly [file: string, specifier: string])[] = [
    ['packages/metrics/src/n.ts', '@dropout-lab/random'],
    ['packages/study/src/s.ts', 'linkedom'],
    ['packages/training/src/o.ts', '@dropout-lab/model'],
    ['packages/runs/src/p.ts', 'node:fs'],
    ['apps/trainer/src/q.ts', '@dropout-lab/cifar/node'],
    ['packages/training/src/r.test.ts', '@tensorflow/tfjs-backend-cpu'],
  ];

  const violations = async (): Promise<{ from: string; rule: { name: string } }[]> => {
    const cruise = bin('dependency-cruiser', 'bin/dependency-cruise.mjs');
    const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'packages', 'apps'];
    const { stdout, stderr } = await runNode([cruise, ...args], { cwd: outline });
    expect(stderr).toBe('');
    return JSON.parse(stdout).summary.violations;
  };

  beforeAll(async () => {
    await Promise.all(
      [...crossings, ...allowed].map(([file, specifier]) =>
        write(file, `import * as imported from '${specifier}';\nexport const value = imported;\n`),
      ),
    );
  });

  const build = async (): Promise<void> => {
    for (const name of packageNames)
      for (const entryPoint of ['index', 'node', 'sample', 'key'])
        for (const extension of ['d.ts', 'js'])
          await write(`packages/${name}/dist/${entryPoint}.${extension}`, 'export {};\n');
  };

  test.each([
    ['before the packages are built', async () => {}],
    ['once the packages are built', build],
  ])('apply %s', async (_, prepare) => {
    await prepare();
    const found = await violations();
    const rulesBrokenBy = (file: string) =>
      found.filter(({ from }) => from === file).map(({ rule }) => rule.name);
    for (const [file, specifier, rule] of crossings)
      expect(rulesBrokenBy(file), `${file} imports ${specifier}`).toContain(rule);
    for (const [file, specifier] of allowed)
      expect(rulesBrokenBy(file), `${file} imports ${specifier}`).toEqual([]);
  });
});

test('Math.random is refused everywhere, other randomness is not', async () => {
  const refused = ['Math.random()', '[1].map(Math.random)', 'globalThis.Math.random()', "Math['random']()"];
  const statements = [
    ...refused.map((use, i) => `export const x${i} = ${use};`),
    'export const { random } = Math;',
  ];
  const files = [
    'packages/metrics/src/draw.ts',
    'packages/metrics/src/draw.test.ts',
    'apps/trainer/src/draw.ts',
  ];
  for (const file of files) await write(file, `${statements.join('\n')}\n`);
  await write(
    'packages/metrics/src/seeded.ts',
    'export const x = (generator: { random(): number }) => Math.max(generator.random(), 0); // Math.random\n',
  );
  const lint = async (file: string) => {
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', file];
    const { stdout } = await runNode([bin('@biomejs/biome', 'bin/biome'), ...args], { cwd: outline });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; severity: string }[] };
    return diagnostics.filter(({ category }) => category === 'plugin').map(({ severity }) => severity);
  };
  for (const file of files) expect(await lint(file), file).toEqual(statements.map(() => 'error'));
  expect(await lint('packages/metrics/src/seeded.ts')).toEqual([]);
});

test('the picture in ARCHITECTURE.md has every package, above all that it imports', async () => {
  const [, picture] = /^```\n(apps .*?)^```/ms.exec(
    await readFile(join(repository, 'ARCHITECTURE.md'), 'utf8'),
  )!;
  const levels = picture!.split('\n\n');
  const levelOf = (name: string): number => levels.findIndex((level) => new RegExp(`  ${name} `).test(level));
  for (const name of packageNames) {
    const manifest = await readFile(join(repository, 'packages', name, 'package.json'), 'utf8');
    const imported = Object.keys(JSON.parse(manifest).dependencies ?? {}).filter((one) =>
      one.startsWith('@dropout-lab/'),
    );
    expect(levelOf(name), name).toBeGreaterThan(-1);
    for (const one of imported)
      expect(levelOf(one.split('/')[1]!), `${one} of ${name}`).toBeGreaterThan(levelOf(name));
  }
});
