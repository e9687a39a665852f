import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile as write } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { exportFormatOption } from '../../command/shared-options.ts';
import { callCli } from '../../command/testing.ts';
import { requireNewFolder, writeFile, writeFiles } from '../../output.ts';
import { chooseFormat } from './choose-format.ts';
import { exportFormatNames } from './table.ts';

test.each([
  [undefined, undefined, 'keras-weights'],
  [undefined, 'a.weights.h5', 'keras-weights'],
  ['keras-weights', undefined, 'keras-weights'],
  ['keras-weights', 'a.weights.h5', 'keras-weights'],
  [undefined, 'a.keras', 'keras'],
  [undefined, 'b/a.safetensors', 'safetensors'],
] as const)('--format %s --output %s writes the format %s', (format, output, chosen) => {
  expect(chooseFormat(format, output)).toBe(chosen);
});

test.each([
  [
    undefined,
    'a.h5',
    /^--output: expected a name that ends in \.weights\.h5.*, received a\.h5: give one, or/,
  ],
  ['keras-weights', 'a.bin', /^--output: expected a name that ends in \.weights\.h5.*, received a\.bin$/],
] as const)('--format %s --output %s is refused', (format, output, message) => {
  expect(() => chooseFormat(format, output)).toThrow(ConfigError);
  expect(() => chooseFormat(format, output)).toThrow(message);
});

test('several runs are refused for a format of one, before one is opened', async () => {
  const { code, stderr } = await callCli(['export', 'a', 'b', '--format', 'keras-weights'], { cwd: '.' });
  expect(code).toBe(2);
  expect(stderr.trim()).toBe(
    'dropout-lab: export: expected one run for the format keras-weights, received 2: export them one by one',
  );
});

test('the help names every format', () => {
  const help = exportFormatOption().description;
  for (const name of exportFormatNames) expect(help).toContain(`${name}: `);
});

test('a folder is written as a whole, in the place of none or of an empty one', async () => {
  const parent = temporaryFolder();
  const files = new Map<string, string | Uint8Array>([
    ['a.txt', 'text'],
    ['b/c.bin', Uint8Array.of(1, 2)],
  ]);
  await mkdir(join(parent, 'empty'));
  await mkdir(join(parent, 'other'));
  await symlink('other', join(parent, 'link'));
  const { ino } = await stat(join(parent, 'empty'));
  for (const name of ['empty', 'above/new', 'link']) {
    const place = join(parent, name);
    await requireNewFolder({ option: '--output', place });
    await writeFiles({ option: '--output', place }, files);
    expect(await readFile(join(place, 'a.txt'), 'utf8')).toBe('text');
    expect([...(await readFile(join(place, 'b', 'c.bin')))]).toEqual([1, 2]);
    await expect(requireNewFolder({ option: '--output', place })).rejects.toThrow(
      /expected an empty folder or none, found a\.txt in it/,
    );
  }
  expect((await readdir(parent)).toSorted()).toEqual(['above', 'empty', 'link', 'other']);
  // It may be a disk of its own, or the folder that a shell is in.
  expect((await stat(join(parent, 'empty'))).ino).toBe(ino);
});

test('a folder that cannot be written leaves nothing', async () => {
  const parent = temporaryFolder();
  await write(join(parent, 'file'), '');
  await expect(
    writeFiles({ option: '--output', place: join(parent, 'file', 'folder') }, new Map([['a', 'b']])),
  ).rejects.toThrow(/--output .*: expected to write a folder, but the system says/);
  await mkdir(join(parent, 'full'));
  await write(join(parent, 'full', 'mine'), '');
  await expect(
    writeFiles({ option: '--output', place: join(parent, 'full') }, new Map([['a', 'b']])),
  ).rejects.toThrow(/--output .*: expected an empty folder or none, found mine in it/);
  expect((await readdir(parent)).toSorted()).toEqual(['file', 'full']);
  expect(await readdir(join(parent, 'full'))).toEqual(['mine']);
});

test('a file is written with the folders above it, in the place of another, also behind a link', async () => {
  const parent = temporaryFolder();
  await write(join(parent, 'own'), 'old and longer');
  await symlink('own', join(parent, 'link'));
  for (const name of ['a/b/new', 'link'])
    await writeFile({ option: '--output', place: join(parent, name) }, 'new');
  expect(await readFile(join(parent, 'a', 'b', 'new'), 'utf8')).toBe('new');
  expect(await readFile(join(parent, 'own'), 'utf8')).toBe('new');
  expect((await lstat(join(parent, 'link'))).isSymbolicLink()).toBe(true);
  expect((await readdir(parent)).toSorted()).toEqual(['a', 'link', 'own']);
});

test.runIf(process.platform !== 'win32')('what has come to the place of a file meanwhile stays', async () => {
  const place = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [place]);
  await expect(writeFile({ option: '--output', place }, 'new')).rejects.toThrow(
    /--output .*: expected to write a file, but it is a named pipe; choose another place$/,
  );
  expect((await lstat(place)).isFIFO()).toBe(true);
});
