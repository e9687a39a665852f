import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from './spawn-turbo.mjs';
import { entryPointsOf, published, type Workspace, workspaces } from './workspaces.mjs';

const readText = (...path: string[]): string => readFileSync(join(repository, ...path), 'utf8');

const packages = workspaces.filter(({ folder }) => folder.startsWith('packages/'));
const versions = new Map(workspaces.map(({ manifest }) => [manifest.name, manifest.version]));

const dependenciesOf = ({ manifest }: Workspace): [name: string, range: string][] =>
  [
    manifest.dependencies,
    manifest.devDependencies,
    manifest.peerDependencies,
    manifest.optionalDependencies,
  ].flatMap((group) => Object.entries(group ?? {}));

test.each(published)('$folder is published as the others are', ({ manifest }) => {
  expect(manifest).toMatchObject({
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20' },
    files: expect.arrayContaining(['dist', 'CHANGELOG.md']),
    scripts: { build: expect.any(String), lint: 'biome ci .', typecheck: 'tsgo', test: 'vitest run' },
  });
  // Provenance is asked for by the release workflow: elsewhere npm would refuse to publish.
  expect(manifest['publishConfig']).toEqual({ access: 'public' });
  expect(manifest['description']).toBeTypeOf('string');
});

test.each(published)('$folder has an API report of each entry point, and no other', (workspace) => {
  const reports = readdirSync(join(repository, workspace.folder, 'api'));
  expect(reports.sort()).toEqual(
    entryPointsOf(workspace)
      .map(({ name }) => `${name}.api.md`)
      .sort(),
  );
});

describe.each(packages)('$folder', ({ folder, manifest }) => {
  test('exports its entry points, types first, and says whether importing it has side effects', () => {
    const { './package.json': self, ...entryPoints } = manifest.exports ?? {};
    expect(self).toBe('./package.json');
    expect(Object.keys(entryPoints)).not.toHaveLength(0);
    for (const [subpath, entryPoint] of Object.entries(entryPoints)) {
      // A file for editors, which is built and not imported.
      if (subpath.endsWith('.schema.json')) {
        expect(entryPoint).toBe(`./dist/${subpath.slice(2)}`);
        continue;
      }
      const name = subpath === '.' ? 'index' : subpath.slice(2);
      expect(JSON.stringify(entryPoint)).toBe(
        JSON.stringify({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }),
      );
      expect(existsSync(join(repository, folder, 'src', `${name}.ts`)), `${folder}/src/${name}.ts`).toBe(
        true,
      );
    }
    expect(manifest['sideEffects']).toBeTypeOf('boolean');
  });

  test('has a README with an example that a test runs', () => {
    expect(readText(folder, 'README.md')).toMatch(new RegExp(`^# ${manifest.name}\n.*^\`\`\`ts\n`, 'ms'));
    expect(readText(folder, 'src', 'readme.test.ts')).toContain('runReadmeExample');
  });

  test('is in the table of the README', () => {
    expect(readText('README.md')).toContain(`| [\`${folder.replace('packages/', '')}\`](${folder}) |`);
  });
});

test.each(workspaces)('$folder depends on the versions of the others that are here', (workspace) => {
  for (const [name, range] of dependenciesOf(workspace)) {
    const version = versions.get(name);
    if (version !== undefined) expect(range, name).toBe(`^${version}`);
  }
});

test.each(packages)(
  '$folder declares the packages of ours that its sources import',
  ({ folder, manifest }) => {
    const sources = readdirSync(join(repository, folder, 'src'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    const imported = sources.flatMap((file) =>
      Array.from(
        readText(folder, 'src', file).matchAll(/from '(@dropout-lab\/[^/']+)/g),
        (match) => match[1]!,
      ),
    );
    expect(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })).toEqual(
      expect.arrayContaining([...new Set(imported)]),
    );
  },
);

test('one version of TensorFlow.js is tested everywhere, and the range of those that are taken is the same', () => {
  const ranges = workspaces
    .flatMap(dependenciesOf)
    .filter(([name]) => name.startsWith('@tensorflow/'))
    .map(([name, range]) => (name.endsWith('/tfjs-node') ? `tfjs-node ${range}` : range));
  expect([...new Set(ranges)].sort()).toEqual(['4.22.0', '^4.20.0', 'tfjs-node 4.22.0', 'tfjs-node ^4.22.0']);
});
