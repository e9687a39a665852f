/**
 * Trains the runs that the viewer ships with, a small ConvNet with and without dropout, and writes them to
 * public/sample: `node apps/viewer/sample/make.mjs`, in a checkout that is built. It takes some minutes.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const viewer = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-sample-'));

/** @param {readonly string[]} args */
const dropoutLab = (...args) => {
  const cli = join(viewer, '..', 'trainer', 'dist', 'cli.js');
  execFileSync(process.execPath, [cli, ...args], { cwd: folder, stdio: 'inherit' });
};

/** @param {readonly string[]} path */
const remove = (...path) => rmSync(join(folder, ...path), { recursive: true, force: true });

try {
  cpSync(join(viewer, 'sample', 'config.json'), join(folder, 'config.json'));
  for (const seed of ['0', '1']) {
    for (const rate of ['0.25', '0']) {
      const run = `${rate === '0' ? 'no-dropout' : 'dropout'}-seed-${seed}`;
      dropoutLab(
        'train',
        '--config',
        'config.json',
        '--dropout',
        rate,
        '--seed',
        seed,
        '--run-dir',
        `runs/${run}`,
      );
      // What is shipped is kept small: one model of an arm.
      remove('runs', run, 'checkpoints', 'last');
      if (seed !== '0') for (const file of ['checkpoints', 'predictions.json']) remove('runs', run, file);
    }
  }
  dropoutLab('view', 'runs', '--export', 'export');
  rmSync(join(viewer, 'public', 'sample'), { recursive: true, force: true });
  cpSync(join(folder, 'export', 'runs'), join(viewer, 'public', 'sample'), { recursive: true });
} finally {
  rmSync(folder, { recursive: true });
}
