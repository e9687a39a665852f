import { datasets, type ImageDataset } from '@dropout-lab/contracts';
import { fold, type RandomKey, randomKey, uint32s, uniform } from '@dropout-lab/random';
import type { ImageLimits, LoadedDataset } from './loaded-dataset.ts';

const { imageShape, classNames, trainImages, testImages } = datasets.shapes;
const [SIDE] = imageShape;
const SIZE = SIDE * SIDE;

/**
 * Returns the distance of a point from the edge of a shape of radius 1 about the origin, negative inside. Only sums,
 * products and roots are taken, since every machine rounds them alike.
 */
type Distance = (x: number, y: number) => number;

const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);
const box = (x: number, y: number, width: number, height: number): number =>
  Math.max(Math.abs(x) - width, Math.abs(y) - height);

/** The shape of each class. */
const distances: Readonly<Record<(typeof classNames)[number], Distance>> = {
  circle: (x, y) => length(x, y) - 1,
  ring: (x, y) => Math.abs(length(x, y) - 0.8) - 0.2,
  square: (x, y) => box(x, y, 0.8, 0.8),
  frame: (x, y) => Math.abs(box(x, y, 0.65, 0.65)) - 0.18,
  triangle: (x, y) => Math.max(-y, 0.866 * x + 0.5 * y, -0.866 * x + 0.5 * y) - 0.5,
  cross: (x, y) => Math.min(box(x, y, 1, 0.28), box(x, y, 0.28, 1)),
  bar: (x, y) => box(x, y, 1, 0.3),
  moon: (x, y) => Math.max(length(x, y) - 1, 0.75 - length(x - 0.55, y)),
};

/** Draws one image: a shape of random size, place, angle and brightness on a darker ground, with noise. */
const drawImage = (distance: Distance, key: RandomKey, pixels: Uint8Array): void => {
  const [size, left, top, tilt, turn, bright, ground] = uniform(fold(key, 'shape'), 7);
  // A word is the noise of four pixels.
  const noise = uint32s(fold(key, 'noise'), SIZE / 4);
  const radius = SIDE * (0.22 + 0.18 * size!);
  const room = SIDE - 2 * radius;
  const [centreX, centreY] = [radius + room * left!, radius + room * top!];
  // A direction without sines, which machines may round differently.
  const [a, b] = [2 * tilt! - 1, 2 * turn! - 1];
  const norm = length(a, b) || 1;
  const [cosine, sine] = [a / norm, b / norm];
  const [dark, light] = [60 * ground!, 130 + 100 * bright!];
  for (let row = 0, pixel = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, pixel++) {
      const [x, y] = [(column + 0.5 - centreX) / radius, (row + 0.5 - centreY) / radius];
      const edge = distance(cosine * x + sine * y, cosine * y - sine * x) * radius;
      const covered = Math.min(1, Math.max(0, 0.5 - edge));
      const speck = ((noise[pixel >> 2]! >>> (8 * (pixel & 3))) & 255) / 5 - 25;
      pixels[pixel] = Math.min(255, Math.max(0, Math.round(dark + (light - dark) * covered + speck)));
    }
  }
};

const drawSplit = (split: string, count: number): ImageDataset => {
  const key = fold(randomKey(0), 'shapes', split);
  const images = new Uint8Array(count * SIZE);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classNames.length);
  labels.forEach((label, i) => {
    drawImage(distances[classNames[label]!], fold(key, i), images.subarray(i * SIZE, (i + 1) * SIZE));
  });
  return { images, labels, imageShape, classNames };
};

/**
 * Draws the data set `shapes`: grey pictures of eight plain shapes, from a fixed seed. Image i is the same however many are
 * drawn; the digests are those of the whole data set.
 */
export const drawShapes = ({ train, test }: ImageLimits = {}): LoadedDataset => ({
  train: drawSplit('train', Math.min(train ?? trainImages, trainImages)),
  test: drawSplit('test', Math.min(test ?? testImages, testImages)),
  sha256: {
    training: '6856f1aa058bfc0e47176c922ffe6e6e0c0238fad88643e97476a4de2c2b74ac',
    test: 'c3d2b41eaaa376fbba71fd408a391e205b5da102a726b0b53f2e16b220b44734',
  },
  source: 'drawn',
});
