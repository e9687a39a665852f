import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { readTextFile } from './read-text-file.ts';

const text = '{"titre": "été 🌞"}';

const bigEndian = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const utf32 = (characters: string): Buffer =>
  Buffer.concat(
    Array.from(characters, (character) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(character.codePointAt(0)!);
      return bytes;
    }),
  );
const mark = '\uFEFF';

const read = async (bytes: Uint8Array, limit = 1000): Promise<string> => {
  const path = join(temporaryFolder(), 'file');
  await writeFile(path, bytes);
  return readTextFile(path, { limit }).catch((error: Error) => `${error.name}: ${error.message}`);
};

test.each([
  ['UTF-8', Buffer.from(text), text],
  ['UTF-8 with a byte order mark', Buffer.from(mark + text), text],
  ['an empty file', Buffer.alloc(0), ''],
  ['a byte order mark alone', Buffer.from(mark), ''],
  ['one character', Buffer.from('1'), '1'],
  ['a mark in the middle', Buffer.from(`a${mark}`), `a${mark}`],
])('%s is read', async (_, bytes, expected) => {
  expect(await read(bytes)).toBe(expected);
});

test.each([
  ['UTF-16 (little-endian)', Buffer.from(mark + text, 'utf16le')],
  ['UTF-16 (little-endian)', Buffer.from(text, 'utf16le')],
  ['UTF-16 (big-endian)', bigEndian(Buffer.from(mark + text, 'utf16le'))],
  ['UTF-16 (big-endian)', bigEndian(Buffer.from(text, 'utf16le'))],
  ['UTF-32 (little-endian)', utf32(mark + text)],
  ['UTF-32 (little-endian)', utf32(text)],
  ['UTF-32 (big-endian)', utf32(mark + text).swap32()],
  ['not UTF-8', Buffer.from('{"titre": "été"}', 'latin1')],
  ['not UTF-8', Buffer.from(text).subarray(0, -5)],
])('%s is refused by name', async (encoding, bytes) => {
  expect(await read(bytes)).toBe(`RefusedFileError: its text is ${encoding}`);
});

test('a text over the limit is refused', async () => {
  expect(await read(Buffer.from('12345'), 4)).toBe('RefusedFileError: it has 5 bytes, and the limit is 4');
});
