import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { liesWithin, realPlace } from './node.ts';

const root = parse(process.cwd()).root;

test.each([
  ['a', 'a', true],
  [join('a', 'b'), 'a', true],
  ['ab', 'a', false],
  ['a', join('a', 'b'), false],
  [join(root, 'a'), root, true],
  [root, root, true],
])('%s lies in %s: %s', (place, folder, expected) => {
  expect(liesWithin(place, folder)).toBe(expected);
});

test('the real place of what is not there yet is that of the folder above it', async () => {
  const folder = await realpath(temporaryFolder());
  await mkdir(join(folder, 'pets'));
  expect(await realPlace(join(folder, 'pets'))).toBe(join(folder, 'pets'));
  expect(await realPlace(`${join(folder, 'pets', 'new', 'copy')}${sep}`)).toBe(
    join(folder, 'pets', 'new', 'copy'),
  );
});

test.skipIf(process.platform === 'win32')('of a link it is what the link leads to', async () => {
  const folder = await realpath(temporaryFolder());
  await mkdir(join(folder, 'pets'));
  await symlink('pets', join(folder, 'link'));
  expect(await realPlace(join(folder, 'link', 'copy'))).toBe(join(folder, 'pets', 'copy'));
});
