import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNode } from './run-node.ts';
import { repository } from './spawn-turbo.mjs';

const cli = join(repository, 'scripts', 'cli.mjs');
const cwd = tmpdir();

test('stdout has what the command writes, and nothing of the build', async () => {
  const { version } = JSON.parse(await readFile(join(repository, 'apps/trainer/package.json'), 'utf8'));
  expect(await runNode([cli, '--version'], { cwd })).toMatchObject({ code: 0, stdout: `${version}\n` });
});

test('the exit code is the command’s', async () => {
  const { code, stdout, stderr } = await runNode([cli, 'train', '--epochs', 'many'], { cwd });
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    'dropout-lab: run configuration: epochs: expected a whole number above 0, received "many"\n',
  );
});
