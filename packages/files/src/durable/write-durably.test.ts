import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { writeDurably } from './write-durably.ts';

test('a new file, and one in the place of another, shorter or longer, leave nothing beside them', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  for (const content of ['größer', new Uint8Array(100_000).fill(7), new Uint8Array(0)]) {
    writeDurably(path, content);
    expect(readFileSync(path).equals(Buffer.from(content as string))).toBe(true);
  }
  expect(readdirSync(folder)).toEqual(['file']);
});

test('the unfinished file is where it is asked for', () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  // What a killed process with this one's number has left is no hindrance.
  writeFileSync(join(elsewhere, `file.tmp-${process.pid}`), 'left behind');
  writeDurably(join(folder, 'file'), 'new', elsewhere);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new');
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('what cannot be put in its place leaves all as it was', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  expect(() => writeDurably(join(folder, 'taken'), 'new')).toThrow(
    expect.objectContaining({ syscall: 'rename' }),
  );
  expect(readdirSync(folder)).toEqual(['taken']);
  expect(() => writeDurably(join(folder, 'no', 'file'), 'new')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
});
