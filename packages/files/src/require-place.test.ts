import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { requireFilePlace, requireFolderPlace } from './require-place.ts';

/** A place, what is there before, in a folder of its own, and the paths in it that are looked at. */
type Case = [name: string, make: (root: string) => unknown, path: string, file: string, folder: string];

const listening = (path: string): Promise<unknown> =>
  new Promise((resolve) => {
    const server = createServer().listen(path, () => resolve(server.unref()));
  });

const cases: Case[] = [
  ['nothing', () => {}, 'x', '', ''],
  ['nothing, nor the folders above', () => {}, 'a/b/x', '', ''],
  ['a file', (root) => writeFile(join(root, 'x'), ''), 'x', '', 'it is a file'],
  ['a folder', (root) => mkdir(join(root, 'x')), 'x', 'it is a folder', ''],
  ['a named pipe', (root) => execFileSync('mkfifo', [join(root, 'x')]), 'x', 'it is a named pipe', 'pipe'],
  ['a socket', (root) => listening(join(root, 'x')), 'x', 'it is a socket', 'it is a socket'],
  ['a link to a device', (root) => symlink('/dev/null', join(root, 'x')), 'x', 'it is a device', 'a device'],
  ['a link to nothing', (root) => symlink('no', join(root, 'x')), 'x', 'link to nothing', 'link to nothing'],
  ['a link to itself', (root) => symlink('x', join(root, 'x')), 'x', 'ELOOP', 'ELOOP'],
  ['a link to a file', (root) => link(root, (at) => writeFile(at, '')), 'x', '', 'it is a file'],
  ['a link to a folder', (root) => link(root, mkdir), 'x', 'it is a folder', ''],
  ['a file above it', (root) => writeFile(join(root, 'x'), ''), 'x/y', 'ENOTDIR', 'ENOTDIR'],
  ['a file far above it', (root) => writeFile(join(root, 'x'), ''), 'x/y/z', 'ENOTDIR', 'ENOTDIR'],
  ['a name that is too long', () => {}, 'n'.repeat(300), 'ENAMETOOLONG', 'ENAMETOOLONG'],
];
const link = async (root: string, make: (path: string) => unknown): Promise<void> => {
  await make(join(root, 'own'));
  await symlink('own', join(root, 'x'));
};

describe.runIf(process.platform !== 'win32').each(cases)('where %s is', (_, make, path, file, folder) => {
  test.each([
    ['a file', requireFilePlace, file],
    ['a folder', requireFolderPlace, folder],
  ] as const)('%s', async (_, look, reason) => {
    const root = temporaryFolder();
    await make(root);
    const before = await readdir(root, { recursive: true });
    const looked = look(join(root, path));
    await (reason === '' ? looked : expect(looked).rejects.toThrow(reason));
    expect(await readdir(root, { recursive: true })).toEqual(before);
  });
});

test('the path to write to is that of the file that a link leads to', async () => {
  const root = temporaryFolder();
  await writeFile(join(root, 'file'), '');
  await symlink('file', join(root, 'link'));
  expect(await requireFilePlace(join(root, 'link'))).toBe(join(root, 'file'));
  expect(await requireFilePlace(join(root, 'new'))).toBe(join(root, 'new'));
});

test.runIf(process.platform === 'linux')('where nobody can make anything', async () => {
  for (const look of [requireFilePlace, requireFolderPlace])
    for (const path of ['/proc/none', '/proc/none/below'])
      await expect(look(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

// Root may write everywhere.
test.skipIf(process.getuid?.() === 0)('where this user may make nothing', async () => {
  const root = join(temporaryFolder(), 'theirs');
  await mkdir(root);
  await chmod(root, 0o500);
  await expect(requireFilePlace(join(root, 'x'))).rejects.toMatchObject({ code: 'EACCES' });
  await expect(requireFolderPlace(root)).rejects.toMatchObject({ code: 'EACCES' });
});
