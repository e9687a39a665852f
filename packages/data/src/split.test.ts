import { ConfigError, type ImageDataset } from '@dropout-lab/contracts';
import { randomKey } from '@dropout-lab/random';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { createBatches } from './batches/batches.ts';
import { limit, splitLast, splitStratified } from './split.ts';

/** Images of one byte that say which one they are. */
const numbered = (labels: number[]): ImageDataset => ({
  images: Uint8Array.from(labels, (_, i) => i),
  labels: Uint8Array.from(labels),
  imageShape: [1, 1, 1],
  classNames: ['even', 'odd'],
});

const ten = numbered([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);

describe('splitLast', () => {
  test('holds out the last fraction without copying', () => {
    const { train, validation } = splitLast(ten, 0.2);
    expect([...train.images]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...validation.images]).toEqual([8, 9]);
    expect([...validation.labels]).toEqual([0, 1]);
    expect(train.images.buffer).toBe(ten.images.buffer);
  });

  test.each(reference.validationSplit)(
    'holds out what Keras’s validation_split does: $fraction of $n',
    ({ n, fraction, expected }) => {
      const images = { ...ten, images: new Uint8Array(n), labels: new Uint8Array(n) };
      if (expected === null) {
        expect(() => splitLast(images, fraction)).toThrow(ConfigError);
        return;
      }
      const { train, validation } = splitLast(images, fraction);
      const first = (part: ImageDataset) => part.images.byteOffset;
      const last = (part: ImageDataset) => first(part) + part.labels.length - 1;
      expect({
        train: [first(train), last(train)],
        validation: [first(validation), last(validation)],
      }).toEqual(expected);
    },
  );

  test('rounds as Keras does: int(floor(n * (1 - fraction)))', () => {
    expect(splitLast(ten, 0.25).train.labels.length).toBe(7);
    // 10 * (1 - 0.9) is 0.9999999999999998 in floating point, so Keras finds nothing to train on.
    expect(() => splitLast(ten, 0.9)).toThrow(ConfigError);
    expect(splitLast(ten, 0).validation.labels.length).toBe(0);
  });

  test.each([-0.1, 1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, '0.5', []])(
    'refuses %j',
    (fraction) => {
      expect(() => splitLast(ten, fraction as number)).toThrow(ConfigError);
      expect(() => splitStratified(ten, fraction as number, randomKey(1))).toThrow(ConfigError);
    },
  );
});

describe('splitStratified', () => {
  test('holds out the same fraction of each class, every image once, in order', () => {
    const { train, validation } = splitStratified(ten, 0.4, randomKey(1));
    expect([...train.labels].filter((label) => label === 0).length).toBe(3);
    expect([...validation.labels].filter((label) => label === 1).length).toBe(2);
    expect([...train.images]).toEqual([...train.images].sort());
    expect([...train.images, ...validation.images].sort()).toEqual([...ten.images]);
    for (const { images, labels } of [train, validation]) {
      images.forEach((image, i) => {
        expect(labels[i]).toBe(image % 2);
      });
    }
  });

  test('depends on the key alone', () => {
    const big = numbered(Array.from({ length: 200 }, (_, i) => i % 2));
    const heldOut = (seed: number) => [...splitStratified(big, 0.5, randomKey(seed)).validation.images];
    expect(heldOut(1)).toEqual(heldOut(1));
    expect(heldOut(1)).not.toEqual(heldOut(2));
  });

  test.each([
    [
      [0, 1, 2],
      'labels: expected classes from 0 to 1, one for each of the class names, received 2 for image 2',
    ],
    [
      [255],
      'labels: expected classes from 0 to 1, one for each of the class names, received 255 for image 0',
    ],
  ])('refuses labels that are of no class: %j', (labels, message) => {
    expect(() => splitStratified(numbered(labels), 0.5, randomKey(1))).toThrow(ConfigError);
    expect(() => splitStratified(numbered(labels), 0.5, randomKey(1))).toThrow(message);
  });

  test('refuses pixels that are not those of the labels', () => {
    const torn = { ...ten, images: ten.images.subarray(1) };
    expect(() => splitStratified(torn, 0.5, randomKey(1))).toThrow('images: expected 10 pixels');
    const signed = { ...ten, labels: Int32Array.from([-1, ...ten.labels.subarray(1)]) };
    expect(() => splitStratified(signed, 0.5, randomKey(1))).toThrow('received -1 for image 0');
  });

  test.each([
    [[0, 0, 0, 0, 1], 0.2, [3, 1], ['odd']],
    [[0, 0, 0, 0, 1], 0, [4, 1], []],
    [[0, 1], 0.5, [1, 1], ['even', 'odd']],
    [[0, 0, 1, 1], 0.9, [1, 1], []],
    [[1, 1], 0.5, [0, 1], []],
    [[0, 0, 1, 1], 0.999999, [1, 1], []],
    [[0, 0, 0, 1], 0.999999, [1, 1], ['odd']],
    // So small that nothing is held out of any class.
    [[0, 0, 0, 1], 1e-300, [3, 1], []],
  ])(
    'of the classes of %j, %d held out, some of each stay in training',
    (labels, fraction, counts, undivided) => {
      const split = splitStratified(numbered(labels), fraction, randomKey(1));
      const trained = [0, 1].map((label) => split.train.labels.filter((one) => one === label).length);
      expect([trained, split.undivided]).toEqual([counts, undivided]);
      expect(split.train.labels.length + split.validation.labels.length).toBe(labels.length);
    },
  );
});

const asLabels = (labels: unknown) => ({ ...ten, labels }) as ImageDataset;
const asImages = (images: unknown) => ({ ...ten, images }) as ImageDataset;

test.each<[string, ImageDataset, string]>([
  [
    'brightness from 0 to 1, which would become black',
    asImages(new Float32Array(10).fill(0.5)),
    'images: expected Uint8Array or Uint8ClampedArray, received Float32Array: scale pixels to bytes from 0 to 255',
  ],
  ['pixels in a list', asImages(Array(10).fill(300)), 'received Array'],
  ['no pixels', asImages(undefined), 'received Undefined'],
  ['a pixel too few', asImages(new Uint8Array(9)), 'images: expected 10 pixels'],
  ['a pixel too many', asImages(new Uint8Array(11)), 'images: expected 10 pixels'],
  [
    'labels between two classes',
    asLabels(new Float32Array(10).fill(0.5)),
    'labels: expected Uint8Array or Uint16Array or Int32Array, received Float32Array: count classes from 0',
  ],
  ['labels that are no numbers', asLabels(new Float64Array(10).fill(Number.NaN)), 'received Float64Array'],
  ['labels in a list', asLabels(Array(10).fill(1)), 'labels: expected Uint8Array or'],
  ['no labels', asLabels(null), 'received Null'],
  ['labels below 0', asLabels(new Int32Array(10).fill(-1)), 'received -1 for image 0'],
  ['labels of no class', asLabels(new Uint16Array(10).fill(257)), 'received 257 for image 0'],
  ['images of no size', { ...ten, images: new Uint8Array(), imageShape: [0, 1, 1] }, 'received [0,1,1]'],
  ['images of negative size', { ...ten, imageShape: [-1, -1, 1] }, 'imageShape: expected height, width'],
  ['images of two dimensions', { ...ten, imageShape: [1, 1] as never }, 'received [1,1]'],
])('whatever takes a data set apart refuses %s', (_, dataset, message) => {
  for (const take of [
    () => limit(dataset, 2),
    () => splitLast(dataset, 0.5),
    () => splitStratified(dataset, 0.5, randomKey(1)),
    () => createBatches(dataset, { batchSize: 2 }),
  ]) {
    expect(take).toThrow(ConfigError);
    expect(take).toThrow(message);
  }
});

test('pixels of a canvas are bytes too', () => {
  const dataset = asImages(Uint8ClampedArray.from(ten.images));
  expect([...splitStratified(dataset, 0, randomKey(1)).train.images]).toEqual([...ten.images]);
});

describe('limit', () => {
  test('takes the first images, at most all', () => {
    expect([...limit(ten, 3).images]).toEqual([0, 1, 2]);
    expect(limit(ten, 99).labels.length).toBe(10);
    expect(() => limit(ten, 0)).toThrow(ConfigError);
  });
});
