import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published, type Workspace } from '../../scripts/workspaces.mjs';
import { apiProblems, apiReports } from './api-reports.mjs';
import { licenceProblems } from './licences.mjs';
import { complaintsOf, pack, packageProblems, tarballFolder, tarballOf } from './package-checks.mjs';
import { sizeProblems } from './sizes.mjs';

// Commands that take seconds take minutes on a machine with much else to do.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-release-'));
afterAll(() => rm(temporary, { recursive: true, force: true }));

await mkdir(tarballFolder, { recursive: true });
const files = await pack(published, tarballFolder);

test.each(published.map((workspace, i) => ({ workspace, files: files[i]! })))(
  '$workspace.manifest.name can be published',
  async ({ workspace, files }) => {
    expect(await packageProblems(workspace, files, tarballOf(workspace))).toEqual([]);
  },
);

test('tarballs, entry points and single imports are within their size budgets', async () => {
  expect(await sizeProblems()).toEqual([]);
  const [complaint] = await complaintsOf('size-limit', [
    ...['--config', 'size-limit.config.mjs', '--limit', '10 B'],
  ]);
  for (const name of ['@dropout-lab/metrics, tarball', '@dropout-lab/cifar/node', 'import { softmax }'])
    expect(complaint).toContain(name);
});

test('the public API is what the API reports say', async () => {
  expect(await apiProblems(await apiReports(published, temporary))).toEqual([]);
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
  const contents = {
    'package.json': JSON.stringify(manifest),
    'README.md': '# Something else\n',
    LICENSE: 'mine\n',
    'dist/index.js': `export const one = '${repository}';\n//# sourceMappingURL=index.js.map\n`,
    'dist/index.js.map': '{}',
    'dist/index.d.ts': 'export declare const one: string;\n',
    'dist/other.js': `export const two = ${JSON.stringify('x'.repeat(100))};\n`,
    'dist/other.d.cts': 'export declare const two: string;\n',
    'src/index.test.ts': "import { test } from 'vitest';\n",
  };
  const workspace: Workspace = { folder: 'careless', path, manifest };

  const onlyIndex = { ...manifest, exports: { '.': manifest.exports['.'] } };
  beforeAll(async () => {
    for (const [file, text] of Object.entries(contents)) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    }
  });

  test('lists each of them', async () => {
    const [files] = await pack([workspace], temporary);
    const problems = await packageProblems(workspace, files!, tarballOf(workspace, temporary));
    expect(problems).toEqual([
      expect.stringMatching(/^publint: .*dist\/none\.js/s),
      expect.stringMatching(
        /^attw: .*FalseCJS.*"careless\/other"\s+node16 \(from ESM\): 🎭 Masquerading as CJS/s,
      ),
      'expected dist/none.js in the package, found none',
      'expected dist/none.d.ts in the package, found none',
      'expected dist/other.d.ts in the package, found none',
      'dist/index.js.map does not belong in the package',
      'src/index.test.ts does not belong in the package',
      "LICENSE differs from the repository's",
      'README.md: expected the heading "# careless"',
      'dist/index.js names a folder of the machine that built it',
      'dist/index.js points to a source map',
      'src/index.test.ts imports vitest',
    ]);
  });

  test('has its API compared with what is committed', async () => {
    const reports = await apiReports([{ ...workspace, manifest: onlyIndex }], temporary);
    const [{ file, text }] = reports as [(typeof reports)[number]];
    expect(text).toContain('export const one: string;');
    expect(await apiProblems(reports)).toEqual([
      'careless has no API report; npm run release:check -- --update writes it, for review',
    ]);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text.replace('string', 'number'));
    expect(await apiProblems(reports)).toEqual([
      'careless differs from its API report; npm run release:check -- --update writes it, for review',
    ]);
    await writeFile(file, text);
    expect(await apiProblems(reports)).toEqual([]);
  });
});
