import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { writeDurably } from './write-durably.ts';
import { writeFolderDurably } from './write-folder-durably.ts';

const writeTwo = (folder: string): void => {
  mkdirSync(join(folder, 'below'));
  writeDurably(join(folder, 'a'), 'new a');
  writeDurably(join(folder, 'below', 'b'), 'new b');
};

test('a folder gets its name when it is whole', async () => {
  const root = temporaryFolder();
  const path = join(root, 'folder');
  await writeFolderDurably(path, async (unfinished) => {
    expect(basename(unfinished)).toMatch(/^folder\.tmp-[0-9a-f]{8}$/);
    writeTwo(unfinished);
    expect(readdirSync(root)).toEqual([basename(unfinished)]);
  });
  expect(readdirSync(root)).toEqual(['folder']);
  expect(readFileSync(join(path, 'below', 'b'), 'utf8')).toBe('new b');
});

test('the unfinished folder, and how it is put in its place, are as asked for', async () => {
  const root = temporaryFolder();
  const path = join(root, 'folder');
  const unfinished = join(path, 'unfinished');
  mkdirSync(path);
  writeFileSync(join(path, 'a'), 'old');
  const putInPlace = async (made: string): Promise<void> => renameSync(join(made, 'a'), join(path, 'a'));
  await writeFolderDurably(path, writeTwo, { unfinished, putInPlace });
  // What was not moved goes with the unfinished folder.
  expect(readdirSync(path)).toEqual(['a']);
  expect(readFileSync(join(path, 'a'), 'utf8')).toBe('new a');
});

test.each<[string, (path: string) => void, (unfinished: string) => void, string]>([
  [
    'that is not written to its end',
    () => {},
    (unfinished) => {
      writeTwo(unfinished);
      throw new Error('full');
    },
    'full',
  ],
  ['whose place a file has', (path) => writeFileSync(path, 'old'), writeTwo, 'rename'],
  [
    'whose place another folder has',
    (path) => {
      mkdirSync(path);
      writeFileSync(join(path, 'old'), 'old');
    },
    writeTwo,
    'rename',
  ],
  ['whose parent is not there', (path) => mkdirSync(`${path}-other`), () => {}, ''],
])('a folder %s leaves all as it was', async (_, prepare, write, message) => {
  const root = temporaryFolder();
  const path = message === '' ? join(root, 'none', 'folder') : join(root, 'folder');
  prepare(join(root, 'folder'));
  const before = readdirSync(root, { recursive: true });
  await expect(writeFolderDurably(path, write)).rejects.toThrow(message || 'ENOENT');
  expect(readdirSync(root, { recursive: true })).toEqual(before);
});

test('what lies in the place of the unfinished folder is an error, and its own is left', async () => {
  const root = temporaryFolder();
  const unfinished = join(root, 'unfinished');
  writeFileSync(unfinished, '');
  await expect(writeFolderDurably(join(root, 'folder'), writeTwo, { unfinished })).rejects.toThrow('EEXIST');
  expect(existsSync(join(root, 'folder'))).toBe(false);
});
