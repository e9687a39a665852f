/**
 * `npm run release:tensorflow -- VERSION...`: runs the tests of the packages that use TensorFlow.js with other versions of
 * it, each in a copy of the repository as it is built, in which every @tensorflow package but tfjs-node has that version.
 * The lowest that passes is the start of the range in peerDependencies; docs/stability.md says so.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { x } from 'tinyexec';
import { run } from '../../scripts/run.mjs';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { workspaces } from '../../scripts/workspaces.mjs';

const projects = [
  ...['wasm-training', 'backend', 'model', 'training', 'interchange', 'experiment'],
  ...['model on wasm', 'training on wasm', 'interchange on wasm'],
];

/** Copies the repository with another version of TensorFlow.js. @param {string} folder @param {string} version */
const copyWith = async (folder, version) => {
  const left = /(^|[\\/])(node_modules|\.git|\.turbo|\.cache)$|^(runs|release[\\/]dist|docs[\\/]reference)$/;
  await cp(repository, folder, {
    recursive: true,
    filter: (path) => !left.test(relative(repository, path)),
  });
  for (const { folder: workspace } of workspaces) {
    const file = join(folder, workspace, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies']) {
      for (const name of Object.keys(manifest[kind] ?? {}))
        if (name.startsWith('@tensorflow/')) manifest[kind][name] = version;
    }
    // Native TensorFlow brings a version of its own.
    delete manifest.peerDependencies?.['@tensorflow/tfjs-node'];
    delete manifest.optionalDependencies?.['@tensorflow/tfjs-node'];
    await writeFile(file, JSON.stringify(manifest));
  }
  // Of the lock file all but TensorFlow.js stays.
  const lockFile = join(folder, 'package-lock.json');
  const lock = JSON.parse(await readFile(lockFile, 'utf8'));
  for (const place of Object.keys(lock.packages))
    if (place.includes('@tensorflow/')) delete lock.packages[place];
  await writeFile(lockFile, JSON.stringify(lock));
};

const versions = process.argv.slice(2);
if (versions.length === 0) throw new Error('expected versions of TensorFlow.js, such as 4.20.0, found none');
for (const version of versions) {
  const folder = await mkdtemp(join(tmpdir(), `dropout-lab-tensorflow-${version}-`));
  try {
    await copyWith(folder, version);
    await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
    const installed = JSON.parse(
      await readFile(join(folder, 'node_modules/@tensorflow/tfjs-core/package.json'), 'utf8'),
    ).version;
    if (installed !== version)
      throw new Error(`expected @tensorflow/tfjs-core ${version}, found ${installed}`);
    const { exitCode, stdout, stderr } = await x(
      'npx',
      ['vitest', 'run', '--silent', '--maxWorkers=2', ...projects.flatMap((name) => ['--project', name])],
      { nodeOptions: { cwd: folder } },
    );
    const failed = stripVTControlCharacters(stdout + stderr)
      .split('\n')
      .filter((line) => /^ FAIL |^\w*Error: | (Tests|Test Files) /.test(line));
    console.log(`${exitCode === 0 ? '✓' : '✗'} TensorFlow.js ${version}\n${failed.join('\n')}`);
    if (exitCode !== 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
