import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { makeFolder } from './make-folder.ts';

const isFolder = async (path: string) => (await stat(path)).isDirectory();

test('makes all that are missing, and returns the topmost', async () => {
  const root = temporaryFolder();
  expect(await makeFolder(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
  expect(await isFolder(join(root, 'a', 'b', 'c'))).toBe(true);
  expect(await makeFolder(join(root, 'a', 'b', 'c', '..', 'd'))).toBe(join(root, 'a', 'b', 'd'));
  expect(await makeFolder(join(root, 'a', 'b'))).toBeUndefined();
});

test('several at once', async () => {
  const path = join(temporaryFolder(), 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
  expect(await isFolder(path)).toBe(true);
});

test.each<[string, (root: string) => Promise<unknown>, string, string]>([
  ['a file', (root) => writeFile(join(root, 'x'), ''), 'x', 'EEXIST'],
  ['a file above it', (root) => writeFile(join(root, 'x'), ''), 'x/y', 'ENOTDIR'],
  ['a link to nothing', (root) => symlink('nothing', join(root, 'x')), 'x', 'EEXIST'],
  ['a link to itself', (root) => symlink('x', join(root, 'x')), 'x/y', 'ELOOP'],
  ['a name that is too long', (root) => mkdir(join(root, 'x')), `x/${'n'.repeat(300)}`, 'ENAMETOOLONG'],
])('%s in its place is an error of the system', async (_, prepare, path, code) => {
  const root = temporaryFolder();
  await prepare(root);
  await expect(makeFolder(join(root, path))).rejects.toMatchObject({ code });
});

test.runIf(process.platform === 'linux')('ends where no folder can be made', async () => {
  await expect(makeFolder('/proc/none/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
