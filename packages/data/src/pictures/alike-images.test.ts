import type { OwnImages } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { alikeImages } from './alike-images.ts';

type Grey = (x: number, y: number) => number;

/** Finds the pairs of images of one channel, of a height and a width. */
const alike = (
  train: readonly Grey[],
  tests: readonly Grey[],
  [height, width]: readonly [number, number] = [8, 9],
  validationImages = 0,
  signal?: AbortSignal,
) => {
  const size = height * width;
  const pixels = [...train, ...tests].flatMap((at) =>
    Array.from({ length: size }, (_, p) => at(p % width, Math.floor(p / width))),
  );
  const images: OwnImages = {
    kind: 'images',
    title: 'drawn',
    sha256: '0'.repeat(64),
    imageShape: [height, width, 1],
    classNames: ['a', 'b'],
    trainImages: train.length,
    testImages: tests.length,
    fit: 'cover',
  };
  const opened = {
    read: async (first: number, count: number) =>
      Uint8Array.from(pixels.slice(first * size, (first + count) * size)),
  };
  return alikeImages(images, opened, { validationImages, signal });
};

const slope: Grey = (x, y) => 20 * x + y;
const brighter: Grey = (x, y) => 20 * x + y + 3;
const wave: Grey = (x, y) => 100 + 50 * ((x + y) % 2);

test('a test image that is the same, or nearly so, is found with the nearest training image', async () => {
  expect(await alike([wave, brighter, slope], [slope, brighter, (x) => 200 - 20 * x])).toEqual([
    { known: 2, other: 3, isSame: true },
    { known: 1, other: 4, isSame: true },
  ]);
  expect(await alike([wave, brighter], [slope])).toEqual([{ known: 1, other: 2, isSame: false }]);
});

test('plain images of other brightness are not alike', async () => {
  expect(await alike([() => 10], [() => 200])).toEqual([]);
});

test('images of any size are compared', async () => {
  const scaled =
    (grey: Grey, factor: number): Grey =>
    (x, y) =>
      grey(Math.floor(x / factor), Math.floor(y / factor));
  const [known, asked] = [
    [scaled(wave, 4), scaled(slope, 4)],
    [scaled(brighter, 4), scaled(wave, 4)],
  ];
  expect(await alike(known, asked, [32, 36])).toEqual([
    { known: 1, other: 2, isSame: false },
    { known: 0, other: 3, isSame: true },
  ]);
});

test('a validation image is compared with those that are trained on, a test image with those of both splits', async () => {
  const all = [wave, slope, slope, wave];
  expect(await alike(all, [slope, brighter], [8, 9], 2)).toEqual([
    { known: 1, other: 2, isSame: true },
    { known: 0, other: 3, isSame: true },
    { known: 1, other: 4, isSame: true },
    { known: 2, other: 4, isSame: true },
    { known: 1, other: 5, isSame: false },
    { known: 2, other: 5, isSame: false },
  ]);
  expect(await alike([wave, slope, slope], [brighter], [8, 9], 2)).toEqual([
    { known: 1, other: 3, isSame: false },
  ]);
});

test('a signal that arrives while images are compared stops it', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort());
  // Without a turn of the event loop between them the timer would fire after the last.
  const comparing = alike([slope], Array<Grey>(10_000).fill(wave), [8, 9], 0, controller.signal);
  await expect(comparing).rejects.toMatchObject({ name: 'AbortError' });
});
