import { execFileSync } from 'node:child_process';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { readPicture } from './read-picture.ts';

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  const grey = (side: number) =>
    sharp({ create: { width: side, height: side, channels: 3, background: '#888' } });
  await grey(40).png().toFile(join(folder, 'small'));
  await grey(10_001).jpeg({ quality: 1 }).toFile(join(folder, 'large'));
  await writeFile(join(folder, 'torn'), (await grey(400).png().toBuffer()).subarray(0, 60));
  await writeFile(join(folder, 'text'), 'no picture');
  await writeFile(join(folder, 'empty'), '');
  await writeFile(join(folder, 'long'), '');
  await truncate(join(folder, 'long'), 3 * 2 ** 30);
  if (process.platform === 'win32') return;
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await symlink('/dev/zero', join(folder, 'zero'));
  await symlink('loop', join(folder, 'loop'));
});

const read = (name: string) => readPicture(join(folder, name), [32, 32, 3], name);

test('a picture of any size becomes one of the shape of the model', async () => {
  expect(await read('small')).toEqual(new Uint8Array(32 * 32 * 3).fill(0x88));
});

test.skipIf(process.platform === 'win32').each([
  [
    'large',
    'large: expected an image that can be read: it has 100020001 pixels, and the limit is 100000000: scale it down first',
  ],
  [
    'long',
    'long: expected an image that can be read, but it has 3221225472 bytes, and the limit is 268435456;',
  ],
  ['text', 'text: expected an image that can be read: it is not PNG, JPEG, WebP, AVIF, GIF or TIFF'],
  ['empty', 'empty: expected an image that can be read: '],
  ['torn', 'torn: expected an image that can be read: '],
  [
    'none',
    'none: expected an image that can be read, but the system says "no such file or directory" (ENOENT);',
  ],
  ['pipe', 'pipe: expected an image that can be read, but it is a named pipe;'],
  ['zero', 'zero: expected an image that can be read, but it is a device;'],
  [
    'loop',
    'loop: expected an image that can be read, but the system says "too many symbolic links encountered" (ELOOP);',
  ],
])('%s is refused in a sentence', async (name, message) => {
  await expect(read(name)).rejects.toThrow(message);
});
