import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { runCli } from './testing.ts';

const small = {
  ...{ dataset: 'shapes', model: { filters: [2, 2], units: [4], maxNorm: null } },
  ...{ limitTrain: 100, limitTest: 20, batchSize: 50, epochs: 1 },
};

const textOfFolder = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
};

const mirrors = [
  ['https://me:s3cret@mirror.example/archive', 'https://***@mirror.example/archive'],
  ['https://s3cret@mirror.example/a', 'https://***@mirror.example/a'],
  ['https://me:s3@cret@mirror.example/b', 'https://***@mirror.example/b'],
  ['https://me:s3%40cret@mirror.example/c', 'https://***@mirror.example/c'],
  ['https://mirror.example/a?token=s3cret', 'https://mirror.example/a?***'],
] as const;

test('a run keeps and prints no secret of its mirrors', async () => {
  const cwd = temporaryFolder();
  await writeFile(join(cwd, 'small.json'), JSON.stringify(small));
  const run = ['train', '--config', 'small.json', '--run-dir', 'run', '--backend', 'wasm', '--workers', '1'];
  const options = mirrors.map(([address]) => `--mirror=${address}`);
  const { code, stdout, stderr } = await runCli([...run, ...options], { cwd });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { command } = JSON.parse(await readFile(join(cwd, 'run', 'run.json'), 'utf8')) as {
    command: string[];
  };
  expect(command.slice(-mirrors.length)).toEqual(mirrors.map(([, shown]) => `--mirror=${shown}`));
  expect([await textOfFolder(cwd), stdout, stderr].join('\n')).not.toMatch(/s3|cret/);
}, 180_000);

test.each([
  ['https://me:s3cret@127.0.0.1:4/archive?token=s3cret', 'https://***@127.0.0.1:4/archive?***', 1],
  ['ftp://me:s3cret@127.0.0.1/archive', 'ftp://***@127.0.0.1/archive', 2],
])('a download from %s fails without a secret in its message', async (mirror, shown, exit) => {
  const cwd = temporaryFolder();
  const env = { DROPOUT_LAB_CACHE: cwd, HTTPS_PROXY: 'http://me:s3cret@127.0.0.1:4', HTTP_PROXY: '' };
  const args = ['data', 'fetch', '--dataset', 'cifar100', '--mirror', mirror];
  const { code, stdout, stderr } = await runCli(args, { cwd, env });
  expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(shown) });
  expect(stdout + stderr).not.toMatch(/s3|cret/);
  if (exit === 1) {
    expect(stderr).toContain('(HTTPS_PROXY is http://***@127.0.0.1:4)');
    expect(stderr).toContain(join(cwd, 'cifar-100', 'cifar-100-binary.tar.gz'));
  } else expect(await readdir(cwd)).toEqual([]);
});
