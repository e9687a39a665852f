import { loadSample } from '@dropout-lab/cifar/sample';
import { expect, test } from 'vitest';
import { pictureOf, withAlpha, withoutAlpha } from './pixels.ts';

test('a test image is its own pixels, and its class is known', () => {
  const { test: images } = loadSample();
  const picture = pictureOf(images, 3);
  expect([picture.width, picture.height]).toEqual([32, 32]);
  expect(picture.pixels).toEqual(images.images.slice(3 * 3072, 4 * 3072));
  expect(picture.title).toBe(`test image 3, ${images.classNames[images.labels[3]!]}`);
  expect(withoutAlpha(withAlpha(picture.pixels))).toEqual(picture.pixels);
});

test('pixels are opaque', () => {
  expect([...withAlpha(Uint8Array.of(1, 2, 3, 4, 5, 6))]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});
