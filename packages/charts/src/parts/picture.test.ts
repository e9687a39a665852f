import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { channelsChart } from '../channels-chart.ts';
import { document } from '../drawn.testing.ts';
import { filtersChart, firstKernel } from '../filters-chart.ts';
import { mistakesChart, mistakesOf } from '../mistakes-chart.ts';

const imagesOf = (svg: Element) => [...svg.querySelectorAll('image')];

/** The colour of an image at a place, as parts of its width and height. */
const colourAt = (image: Element, x: number, y: number): number[] => {
  const base64 = image.getAttribute('href')!.replace('data:image/png;base64,', '');
  const { width, height, channels, data } = decode(Buffer.from(base64, 'base64'));
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * channels;
  return [...data.slice(at, at + channels)];
};

test('mistakes: each image with what was said and what it is, in rows', () => {
  const picture = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(250, 0, 0, 0, 0, 250) };
  const mistake = { image: 3, picture, actual: 'cat', predicted: 'dog', confidence: 0.987 };
  const svg = mistakesChart([mistake, { ...mistake, image: 8 }, mistake], { document, width: 230 });
  const images = imagesOf(svg);
  expect(images.map((image) => ['x', 'y'].map((name) => image.getAttribute(name)))).toEqual([
    ['0', '0'],
    ['114', '0'],
    ['0', '144'],
  ]);
  // Enlarged without a blur, and not out of shape.
  expect([0.1, 0.45, 0.55, 0.9].map((x) => colourAt(images[0]!, x, 0.5))).toEqual([
    ...[
      [250, 0, 0],
      [250, 0, 0],
    ],
    ...[
      [0, 0, 250],
      [0, 0, 250],
    ],
  ]);
  expect(['width', 'height'].map((name) => images[0]!.getAttribute(name))).toEqual(['96', '48']);
  expect(images[1]!.getAttribute('aria-label')).toBe('test image 8: dog 99%, is cat');
  const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
  expect(texts.slice(0, 2)).toEqual(['dog 99%', 'is cat']);
  expect(svg.getAttribute('role')).toBe('group');
});

test('mistakes have the pictures of the images that were chosen', () => {
  const images = {
    images: Uint8Array.of(5, 6, 3, 4),
    imageShape: [1, 2, 1] as const,
    classNames: ['cat', 'dog'],
  };
  const predictions = { labels: [0, 1, 0], predicted: [0, 0, 1], confidence: [0.9, 0.6, 0.7] };
  const pictureOf = (...levels: number[]) => ({
    ...{ width: 2, height: 1, channels: 1 },
    pixels: Uint8Array.from(levels),
  });
  expect(mistakesOf(images, predictions, [2, 1])).toEqual([
    { image: 2, picture: pictureOf(5, 6), actual: 'cat', predicted: 'dog', confidence: 0.7 },
    { image: 1, picture: pictureOf(3, 4), actual: 'dog', predicted: 'cat', confidence: 0.6 },
  ]);
});

// Two filters of one pixel in three colours.
const kernel = {
  name: 'conv/kernel',
  shape: [1, 1, 3, 2],
  values: Float32Array.of(1, 0, -1, 0.1, 0.5, -0.2),
};

test('filters: grey is no weight, each is scaled to its own largest', () => {
  const images = imagesOf(filtersChart(kernel, { document }));
  expect(images.map((image) => image.getAttribute('aria-label'))).toEqual(['filter 0', 'filter 1']);
  expect(images.map((image) => colourAt(image, 0.5, 0.5))).toEqual([
    [255, 0, 191],
    [128, 191, 0],
  ]);
  const none = { ...kernel, shape: [1, 1, 3, 1], values: new Float32Array(3) };
  expect(colourAt(imagesOf(filtersChart(none, { document }))[0]!, 0, 0)).toEqual([128, 128, 128]);
});

test('filters that can be seen are those of the first convolution, of grey or coloured images', () => {
  const dense = { name: 'dense/kernel', shape: [3, 2], values: new Float32Array(6) };
  const later = { ...kernel, name: 'conv_1/kernel' };
  expect(firstKernel([dense, kernel, later], 3)).toBe(kernel);
  expect(firstKernel([dense, kernel], 1)).toBeUndefined();
  const deep = { ...kernel, shape: [1, 1, 2, 3] };
  expect(firstKernel([deep], 2)).toBeUndefined();
});

test('channels: tiles from dark to light, and nothing between them', () => {
  // A mask of two tiles of 1 by 2 pixels: kept, dropped; dropped, kept.
  const mask = { shape: [1, 2, 2], values: Float32Array.of(2, 0, 0, 2) };
  const svg = channelsChart(mask, { document, width: 500, label: 'a mask' });
  const [image] = imagesOf(svg);
  const light = [255, 246, 214, 255];
  const dark = [18, 30, 48, 255];
  // Five pixels: two, a gap, two.
  expect([0.1, 0.3, 0.5, 0.7, 0.9].map((x) => colourAt(image!, x, 0.5))).toEqual([
    ...[light, dark],
    [0, 0, 0, 0],
    ...[dark, light],
  ]);
  expect([svg.getAttribute('width'), svg.getAttribute('height')]).toEqual(['500', '100']);
  expect(svg.getAttribute('aria-label')).toBe('a mask');
});

test('channels: of a dense layer a pixel for each unit; what is negative is dark', () => {
  const units = { shape: [8], values: Float32Array.of(1, 0.5, -1, 0, 0, 0, 0, 0) };
  const [image] = imagesOf(channelsChart(units, { document, label: 'units' }));
  // Four in a row, with gaps: seven pixels wide, three high.
  expect(colourAt(image!, 0.5 / 7, 0.1)).toEqual([255, 246, 214, 255]);
  expect(colourAt(image!, 2.5 / 7, 0.1)).toEqual([136, 138, 131, 255]);
  expect(colourAt(image!, 4.5 / 7, 0.1)).toEqual([18, 30, 48, 255]);
});

test('channels: what a mask drops is brown, whatever its value; what it keeps is as bright as without it', () => {
  const units = { shape: [1, 2, 2], values: Float32Array.of(4, 0, 2, 4) };
  const coloursOf = (under: { readonly mask?: Float32Array }) => {
    const [image] = imagesOf(channelsChart({ ...units, ...under }, { document, width: 500, label: 'units' }));
    return [0.1, 0.3, 0.7, 0.9].map((x) => colourAt(image!, x, 0.5).slice(0, 3));
  };
  const [light, half, dark, brown] = [
    [255, 246, 214],
    [136, 138, 131],
    [18, 30, 48],
    [122, 58, 20],
  ];
  expect(coloursOf({})).toEqual([light, half, dark, light]);
  expect(coloursOf({ mask: Float32Array.of(0, 0, 1.5, 1.5) })).toEqual([brown, half, brown, light]);
});

test('channels: nothing at all is all dark', () => {
  const [image] = imagesOf(
    channelsChart({ shape: [2], values: new Float32Array(2) }, { document, label: '' }),
  );
  expect(colourAt(image!, 0, 0)).toEqual([18, 30, 48, 255]);
});
