import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { published, type Workspace } from '../../scripts/workspaces.mjs';
import { apiProblems, apiReports } from './api-report.mjs';
import { licenceProblems } from './licences.mjs';
import { type Packed, pack } from './pack.mjs';
import { packageProblems } from './package-problems.mjs';
import { budgetFor, budgetsFile, sizeProblems, sizesOf } from './sizes.mjs';

const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-release-'));
afterAll(() => rm(temporary, { recursive: true, force: true }));

describe.each(await pack(published, temporary))('$workspace.manifest.name', (packed) => {
  test('can be published', async () => {
    expect(await packageProblems(packed)).toEqual([]);
  });

  test('is within its size budget', async () => {
    const budgets = JSON.parse(await readFile(budgetsFile, 'utf8'));
    expect(sizeProblems(await sizesOf(packed), budgets[packed.workspace.manifest.name] ?? {})).toEqual([]);
  });
});

test('the public API is what the API reports say', async () => {
  const reports = await apiReports(published, temporary);
  expect((await Promise.all(reports.map(apiProblems))).flat()).toEqual([]);
});

test('the licences of everything that is shipped are accepted and listed', async () => {
  expect(await licenceProblems()).toEqual([]);
});

describe('a package with mistakes', () => {
  const path = join(temporary, 'careless');
  const manifest = {
    name: 'careless',
    version: '1.0.0',
    license: 'MIT',
    type: 'module',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './none': { types: './dist/none.d.ts', default: './dist/none.js' },
      './other': { types: './dist/other.d.cts', default: './dist/other.js' },
    },
    files: ['dist', 'src'],
  };
  const noise = Array.from({ length: 40 }, (_, i) =>
    createHash('sha256').update(`${i}`).digest('base64'),
  ).join('');
  const files = {
    'package.json': JSON.stringify(manifest),
    'README.md': '# Something else\n',
    LICENSE: 'mine\n',
    'dist/index.js': `export const one = '${noise}';\n//# sourceMappingURL=index.js.map\n`,
    'dist/index.js.map': '{}',
    'dist/index.d.ts': 'export declare const one: string;\n',
    'dist/other.js': `export const two = ${JSON.stringify('x'.repeat(100))};\n`,
    'dist/other.d.cts': 'export declare const two: string;\n',
    'src/index.test.ts': "import { test } from 'vitest';\n",
  };
  const workspace: Workspace = { folder: 'careless', path, manifest };

  const onlyIndex = { ...manifest, exports: { '.': manifest.exports['.'] } };
  let packed: Packed;

  beforeAll(async () => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    }
    packed = (await pack([workspace], temporary))[0]!;
  });

  test('is told each of them', async () => {
    const problems = await packageProblems(packed);
    expect(problems).toEqual(
      expect.arrayContaining([
        'expected dist/other.d.ts in the package, found none',
        'dist/index.js.map does not belong in the package',
        'src/index.test.ts does not belong in the package',
        'src/index.test.ts imports vitest',
        'dist/index.js points to a source map',
        "LICENSE differs from the repository's",
        'README.md: expected the heading "# careless"',
        expect.stringMatching(/^publint: .*dist\/none\.js/),
        expect.stringMatching(/^are the types wrong: Masquerading as CJS .*other\.d\.cts/),
      ]),
    );
    expect(problems.filter((problem) => problem.includes('dist/index.d.ts'))).toEqual([]);
  });

  test('is measured, and held to a budget', async () => {
    const sizes = await sizesOf({ ...packed, workspace: { ...workspace, manifest: onlyIndex } });
    // What cannot be compressed: 1,280 random bytes, written in base64.
    expect(sizes['careless']).toBeGreaterThan(1.28);
    expect(sizes['careless']).toBeLessThan(1.5);
    expect(sizes['tarball']).toBeGreaterThan(sizes['careless']!);
    expect(sizeProblems(sizes, budgetFor(sizes))).toEqual([]);
    expect(sizeProblems({ careless: 5.1 }, { careless: 5 })).toEqual([
      'careless: expected at most 5 kB, found 5.1; make it smaller, or npm run release:check -- --update',
    ]);
    expect(sizeProblems({ careless: 5.1 }, {})).toHaveLength(1);
  });

  test('has its API compared with what is committed', async () => {
    const [report] = await apiReports([{ ...workspace, manifest: onlyIndex }], temporary);
    expect(report?.text).toContain('export const one: string;');
    expect(await apiProblems(report!)).toEqual([
      'careless has no API report; npm run release:check -- --update writes it, for review',
    ]);
    await mkdir(dirname(report!.file), { recursive: true });
    await writeFile(report!.file, report!.text.replace('string', 'number'));
    expect(await apiProblems(report!)).toEqual([
      'careless differs from its API report; npm run release:check -- --update writes it, for review',
    ]);
    await writeFile(report!.file, report!.text);
    expect(await apiProblems(report!)).toEqual([]);
  });
});
