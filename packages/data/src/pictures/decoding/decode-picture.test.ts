import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from './decode-picture.ts';
import { isProfiledCmyk } from './is-profiled-cmyk.ts';

const folder = new URL('../../../fixtures/pictures/', import.meta.url);
const names = readdirSync(folder).filter((name) => !name.endsWith('.rgb'));

test('there are pictures of every kind', () => expect(names.length).toBeGreaterThanOrEqual(19));

test.each(names)('%s has the pixels that Pillow reads, to within one level', async (name) => {
  const expected = await readFile(new URL(`${name}.rgb`, folder));
  const { pixels, width, height } = await decodePicture(await readFile(new URL(name, folder)));
  expect([width, height, pixels.length]).toEqual([32, 24, expected.length]);
  const worst = pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1);
});

test('CMYK with a profile is known from all other pictures', async () => {
  const found: string[] = [];
  for (const name of names) if (isProfiledCmyk(await readFile(new URL(name, folder)))) found.push(name);
  expect(found).toEqual(['cmyk-profile.jpg']);
  const progressive = await sharp(await readFile(new URL('cmyk-profile.jpg', folder)))
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .jpeg({ progressive: true })
    .toBuffer();
  expect(await sharp(progressive).metadata()).toMatchObject({ space: 'cmyk', isProgressive: true });
  expect(isProfiledCmyk(progressive)).toBe(true);
});

test('a picture is fitted into a shape', async () => {
  const red = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const at = async (fit: 'cover' | 'contain' | 'fill') =>
    [...(await decodePicture(red, { height: 8, width: 8, fit })).pixels.subarray(0, 3)].join();
  expect([await at('cover'), await at('contain'), await at('fill')]).toEqual([
    '255,0,0',
    '255,255,255',
    '255,0,0',
  ]);
});

test('a small file of very many pixels is refused before it is decoded', async () => {
  const bomb = await readFile(new URL('../bomb.png', folder));
  expect(bomb.length).toBeLessThan(60_000);
  await expect(decodePicture(bomb)).rejects.toThrow(
    'it has 400000000 pixels, and the limit is 100000000: scale it down first',
  );
});

test.each([
  ['text', Buffer.from('no picture'), 'it is not PNG, JPEG, WebP, AVIF, GIF or TIFF'],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'it is not PNG'],
  ['a PNG that is cut off', undefined, /\w/],
])('%s is refused', async (_, bytes, message) => {
  const whole = await readFile(fileURLToPath(new URL('plain.png', folder)));
  await expect(decodePicture(bytes ?? whole.subarray(0, whole.length / 2))).rejects.toThrow(message);
});
