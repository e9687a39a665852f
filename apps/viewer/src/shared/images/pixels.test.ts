import { loadSample } from '@dropout-lab/cifar/sample';
import { modelPixels } from '@dropout-lab/data';
import { expect, test } from 'vitest';
import { pictureOf, withAlpha } from './pixels.ts';

test('a test image is its own pixels, and its class is known', () => {
  const { test: images } = loadSample();
  const picture = pictureOf(images, 3);
  expect([picture.width, picture.height]).toEqual([32, 32]);
  expect(picture.pixels).toEqual(images.images.slice(3 * 3072, 4 * 3072));
  expect(picture.title).toBe(`test image 3, ${images.classNames[images.labels[3]!]}`);
  expect(modelPixels({ ...picture, data: withAlpha(picture), channels: 4 }, [32, 32, 3])).toEqual(
    picture.pixels,
  );
});

test('pixels are opaque', () => {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect([...withAlpha({ pixels, channels: 3 })]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

test('a picture of one channel is grey, and grey is what is bright to the eye', () => {
  const pixels = Uint8Array.of(7, 200);
  const rgba = withAlpha({ pixels, channels: 1 });
  expect([...rgba]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
  expect(modelPixels({ data: rgba, width: 2, height: 1, channels: 4 }, [1, 2, 1])).toEqual(pixels);
  // 0.299 R + 0.587 G + 0.114 B.
  const colours = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255);
  const greys = modelPixels({ data: colours, width: 3, height: 1, channels: 4 }, [1, 3, 1]);
  expect([...greys]).toEqual([76, 150, 29]);
  const images = { images: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), labels: Uint8Array.of(0, 1) };
  const picture = pictureOf({ ...images, imageShape: [2, 2, 1], classNames: ['a', 'b'] }, 1);
  expect(picture).toMatchObject({ width: 2, height: 2, channels: 1, title: 'test image 1, b' });
  expect([...picture.pixels]).toEqual([4, 5, 6, 7]);
});
