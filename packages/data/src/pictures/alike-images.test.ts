import type { ImageDataset } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { alikeImages } from './alike-images.ts';

const imagesOf = (...greys: ((x: number, y: number) => number)[]): ImageDataset => ({
  images: Uint8Array.from(
    greys.flatMap((at) => Array.from({ length: 72 }, (_, p) => at(p % 9, Math.floor(p / 9)))),
  ),
  labels: new Uint8Array(greys.length),
  imageShape: [8, 9, 1],
  classNames: ['a'],
});

const slope = (x: number, y: number) => 20 * x + y;
const brighter = (x: number, y: number) => 20 * x + y + 3;
const wave = (x: number, y: number) => 100 + 50 * ((x + y) % 2);

test('a test image that is the same, or nearly so, is found with the nearest training image', () => {
  const train = imagesOf(wave, brighter, slope);
  expect(
    alikeImages(
      train,
      imagesOf(slope, brighter, (x) => 200 - 20 * x),
    ),
  ).toEqual([
    { train: 2, test: 0, isSame: true },
    { train: 1, test: 1, isSame: true },
  ]);
  expect(alikeImages(imagesOf(wave, brighter), imagesOf(slope))).toEqual([
    { train: 1, test: 0, isSame: false },
  ]);
});

test('plain images of other brightness are not alike', () => {
  expect(
    alikeImages(
      imagesOf(() => 10),
      imagesOf(() => 200),
    ),
  ).toEqual([]);
});

test('images of another shape are refused', () => {
  const tall: ImageDataset = { ...imagesOf(slope), imageShape: [9, 8, 1] };
  expect(() => alikeImages(tall, tall)).toThrow('expected a shape of 8 x 9, received 9 x 8');
});
