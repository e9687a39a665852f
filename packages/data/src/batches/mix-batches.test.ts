import { type AugmentationConfig, ConfigError, type ImageDataset } from '@dropout-lab/contracts';
import { createGenerator, fold, permutation, randomKey, symmetricBeta } from '@dropout-lab/random';
import { describe, expect, test } from 'vitest';
import { noiseDataset } from '../testing.ts';
import { createBatches, type DataFormat } from './batches.ts';
import { mixBatches } from './mix-batches.ts';

const { train: sample } = noiseDataset();
const key = randomKey(5);
const classes = sample.classNames.length;
const SIZE = 3072;

const mixed = (
  augmentation: Partial<Pick<AugmentationConfig, 'mixup' | 'cutmix'>>,
  { batchSize = 50, dataFormat = 'channels_last' as DataFormat, dataset = sample } = {},
) =>
  mixBatches(createBatches(dataset, { batchSize, dataFormat }), {
    augmentation,
    augmentationKey: key,
    classes: dataset.classNames.length,
    dataFormat,
  });

const plain = createBatches(sample, { batchSize: 50 });

/** The draws of a batch: partners by a permutation, and a generator for each row. */
const drawnFor = (epoch: number, index: number, size: number) => {
  const batchKey = fold(key, 'mixing', epoch, index);
  return {
    partners: permutation(fold(batchKey, 'partners'), size),
    generatorOf: (row: number) => createGenerator(fold(batchKey, row)),
  };
};

describe('mixup', () => {
  test('images and targets are the same convex combination, an image by an image', () => {
    const [epoch, index] = [2, 3];
    const { images, labels, size } = mixed({ mixup: 0.4 }).batch(epoch, index);
    const before = plain.batch(epoch, index);
    const { partners, generatorOf } = drawnFor(epoch, index, size);
    expect(images).toBeInstanceOf(Float32Array);
    for (let row = 0; row < size; row++) {
      const share = symmetricBeta(generatorOf(row), 0.4);
      const partner = partners[row]!;
      const expected = Float32Array.from({ length: SIZE }, (_, i) => {
        const [own, other] = [row, partner].map((one) => before.images[one * SIZE + i]!);
        return (share * own! + (1 - share) * other!) / 255;
      });
      expect(images.subarray(row * SIZE, (row + 1) * SIZE)).toEqual(expected);
      const target = new Float32Array(classes);
      target[before.labels[row]!]! += share;
      target[before.labels[partner]!]! += 1 - share;
      expect(labels.subarray(row * classes, (row + 1) * classes)).toEqual(target);
    }
  });

  test('a batch of one image stays as it is, in floats', () => {
    const { images, labels } = mixed({ mixup: 1 }, { batchSize: 249 }).batch(0, 1);
    const last = createBatches(sample, { batchSize: 249 }).batch(0, 1);
    images.forEach((value, i) => {
      expect(value).toBeCloseTo(last.images[i]! / 255, 6);
    });
    expect([...labels]).toEqual(Array.from({ length: classes }, (_, c) => Number(c === last.labels[0])));
  });
});

describe('cutmix', () => {
  /** Two kinds of images, of one byte each, so that every pixel says which it is of. */
  const [height, width] = [12, 20];
  const two: ImageDataset = {
    images: Uint8Array.from({ length: 64 * height * width }, (_, i) => 1 + Math.floor(i / (height * width))),
    labels: Uint8Array.from({ length: 64 }, (_, i) => i % 3),
    imageShape: [height, width, 1],
    classNames: ['a', 'b', 'c'],
  };

  test("a rectangle of the partner's pixels in their own place, and targets in proportion to the area", () => {
    const { images, labels, size } = mixed({ cutmix: 1 }, { batchSize: 64, dataset: two }).batch(1, 0);
    const { partners } = drawnFor(1, 0, size);
    expect(images).toBeInstanceOf(Uint8Array);
    const areas: number[] = [];
    for (let row = 0; row < size; row++) {
      const partner = partners[row]!;
      const picture = images.subarray(row * height * width, (row + 1) * height * width);
      const inside = Array.from(picture.keys()).filter((i) => picture[i] === 1 + partner && partner !== row);
      expect(picture.every((pixel) => pixel === 1 + row || pixel === 1 + partner)).toBe(true);
      if (partner === row) continue;
      const rows = inside.map((i) => Math.floor(i / width));
      const columns = inside.map((i) => i % width);
      const span = (values: number[]) =>
        values.length === 0 ? 0 : Math.max(...values) - Math.min(...values) + 1;
      expect(span(rows) * span(columns)).toBe(inside.length);
      areas.push(inside.length / (height * width));
      const target = new Float32Array(3);
      target[two.labels[row]!]! += 1 - inside.length / (height * width);
      target[two.labels[partner]!]! += inside.length / (height * width);
      const found = labels.subarray(row * 3, (row + 1) * 3);
      found.forEach((value, c) => {
        expect(value).toBeCloseTo(target[c]!, 6);
      });
    }
    expect(Math.max(...areas)).toBeGreaterThan(0.5);
    expect(Math.min(...areas)).toBeLessThan(0.1);
  });

  test("is the rectangle of the paper's program, with numbers drawn in its order", () => {
    const { images, size } = mixed({ cutmix: 0.7 }, { batchSize: 64, dataset: two }).batch(0, 0);
    const { partners, generatorOf } = drawnFor(0, 0, size);
    for (let row = 0; row < size; row++) {
      const generator = generatorOf(row);
      const ratio = Math.sqrt(1 - symmetricBeta(generator, 0.7));
      const [cutHeight, cutWidth] = [Math.trunc(height * ratio), Math.trunc(width * ratio)];
      const [cy, cx] = [generator.nextInt(height), generator.nextInt(width)];
      const clip = (value: number, most: number) => Math.min(Math.max(value, 0), most);
      const [top, bottom] = [-1, 1].map((sign) => clip(cy + sign * Math.floor(cutHeight / 2), height));
      const [left, right] = [-1, 1].map((sign) => clip(cx + sign * Math.floor(cutWidth / 2), width));
      const expected = Uint8Array.from({ length: height * width }, (_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return 1 + (y >= top! && y < bottom! && x >= left! && x < right! ? partners[row]! : row);
      });
      expect(images.subarray(row * height * width, (row + 1) * height * width)).toEqual(expected);
    }
  });
});

test.each(['mixup', 'cutmix'] as const)('%s gives the same pictures with channels first', (name) => {
  const last = mixed({ [name]: 1 }).batch(0, 1);
  const first = mixed({ [name]: 1 }, { dataFormat: 'channels_first' }).batch(0, 1);
  expect(first.labels).toEqual(last.labels);
  const transposed = last.images.map((_, i) => {
    const [n, c, p] = [Math.floor(i / SIZE), Math.floor(i / 1024) % 3, i % 1024];
    return last.images[n * SIZE + p * 3 + c]!;
  });
  expect(first.images).toEqual(transposed);
});

test('with both, about half of the batches have each', () => {
  const source = mixed({ mixup: 1, cutmix: 1 }, { batchSize: 2 });
  const images = Array.from({ length: 120 }, (_, i) => source.batch(0, i).images);
  const floats = images.filter((one) => one instanceof Float32Array).length;
  expect(floats).toBeGreaterThan(40);
  expect(floats).toBeLessThan(80);
  // A batch that is cut again is the same.
  expect(source.batch(0, 7).images).toEqual(images[7]);
  expect(source.batch(1, 7).images).not.toEqual(images[7]);
});

test('off, it is the source itself', () => {
  expect(mixBatches(plain, { classes, dataFormat: 'channels_last' })).toBe(plain);
  const augmentation = { mixup: 0, cutmix: 0 };
  expect(mixBatches(plain, { augmentation, classes, dataFormat: 'channels_last' })).toBe(plain);
});

test.each([
  [{ mixup: -1 }, 'mixup: expected a finite number of at least 0, received -1'],
  [{ cutmix: Number.NaN }, 'cutmix: expected a finite number of at least 0, received NaN'],
  [{ mixup: 1 }, 'augmentationKey: expected a random key for the augmentation, received none'],
])('%j without a key is refused', (augmentation, message) => {
  expect(() => mixBatches(plain, { augmentation, classes, dataFormat: 'channels_last' })).toThrow(
    new ConfigError(message),
  );
});

test('batches of class indices cannot be of mixed images', () => {
  const augmentation = { flip: true, mixup: 0.2 };
  expect(() => createBatches(sample, { batchSize: 2, augmentation, augmentationKey: key })).toThrow(
    'augmentation.mixup: expected none in createBatches, which returns class indices, received 0.2: pass it to mixBatches with the batches',
  );
});
