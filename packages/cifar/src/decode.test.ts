import { ConfigError } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { CIFAR10, CIFAR100, CIFAR100_CLASS_NAMES } from './datasets.ts';
import { decodeCifar, encodeCifar10 } from './decode.ts';
import { CifarFormatError } from './errors.ts';

/** One record whose red plane counts up, whose green is 100 and whose blue is 200. */
const record = (...labels: number[]): Uint8Array => {
  const planes = Uint8Array.from({ length: 3072 }, (_, i) => (i < 1024 ? i % 256 : i < 2048 ? 100 : 200));
  return Uint8Array.from([...labels, ...planes]);
};

const faultOf = (work: () => unknown): CifarFormatError => {
  try {
    work();
  } catch (error) {
    if (error instanceof CifarFormatError) return error;
    throw error;
  }
  throw new Error('expected a CifarFormatError, nothing was thrown');
};

describe('decodeCifar', () => {
  test('turns channel planes into channels last and keeps the order of the files', () => {
    const { images, labels, imageShape, classNames } = decodeCifar(CIFAR10, [
      { name: 'a.bin', bytes: record(3) },
      { name: 'b.bin', bytes: Uint8Array.from([...record(9), ...record(0)]) },
    ]);
    expect([...labels]).toEqual([3, 9, 0]);
    expect(imageShape).toEqual([32, 32, 3]);
    expect(images.length).toBe(3 * 32 * 32 * 3);
    expect([...images.subarray(0, 6)]).toEqual([0, 100, 200, 1, 100, 200]);
    // Row 1, column 2 of the last image is pixel 34.
    expect([...images.subarray(2 * 3072 + 34 * 3, 2 * 3072 + 35 * 3)]).toEqual([34, 100, 200]);
    expect(classNames[3]).toBe('cat');
  });

  test('reads fine or coarse labels of CIFAR-100', () => {
    const files = [{ name: 'train.bin', bytes: record(19, 99) }];
    const fine = decodeCifar(CIFAR100, files);
    const coarse = decodeCifar({ ...CIFAR100, target: 0 }, files);
    expect([fine.labels[0], fine.classNames[99], fine.classNames.length]).toEqual([99, 'worm', 100]);
    expect([coarse.labels[0], coarse.classNames[19], coarse.classNames.length]).toEqual([
      19,
      'vehicles_2',
      20,
    ]);
    expect([...fine.images.subarray(0, 3)]).toEqual([0, 100, 200]);
    expect([...CIFAR100_CLASS_NAMES]).toEqual([...CIFAR100_CLASS_NAMES].sort());
  });

  test('is undone by encodeCifar10', () => {
    const bytes = Uint8Array.from([...record(7), ...record(2)]);
    const { images, labels } = decodeCifar(CIFAR10, [{ name: 'a.bin', bytes }]);
    expect(encodeCifar10(images, labels)).toEqual(bytes);
  });

  test.each([
    ['a truncated file', record(1).subarray(0, 3000), 'wrong-length', '3000 bytes, 3000 more than 0 records'],
    ['an empty file', new Uint8Array(), 'wrong-length', 'an empty file'],
    ['a label over 9', Uint8Array.from([...record(9), ...record(10)]), 'bad-label', '10 in record 1'],
    [
      'a web page',
      new TextEncoder().encode('\n<!DOCTYPE html><title>Log in</title>'),
      'html',
      'a web page that begins with "<!DOCTYPE html><title>Log in</title>"',
    ],
  ])('refuses %s', (_, bytes, fault, found) => {
    const error = faultOf(() => decodeCifar(CIFAR10, [{ name: 'x.bin', bytes }]));
    expect(error).toMatchObject({ file: 'x.bin', fault, found });
    expect(error.message).toBe(`x.bin: expected ${error.expected}, found ${found}`);
  });

  test.each([
    ['coarse', record(20, 0), 'coarse labels from 0 to 19', '20 in record 0'],
    ['fine', record(0, 100), 'fine labels from 0 to 99', '100 in record 0'],
  ])('refuses an impossible %s label', (_, bytes, expected, found) => {
    expect(faultOf(() => decodeCifar(CIFAR100, [{ name: 'x', bytes }]))).toMatchObject({ expected, found });
  });
});

test.each<[number, number[], string]>([
  [0, [], 'labels: expected at least one, received none'],
  [1, [], 'labels: expected at least one, received none'],
  [1, [1, 2], 'images: expected 6144 bytes, 2 images of [32,32,3], one for each label, received 3072'],
  [2, [1], 'images: expected 3072 bytes, 1 images of [32,32,3], one for each label, received 6144'],
  [1.5, [1], 'images: expected 3072 bytes, 1 images of [32,32,3], one for each label, received 4608'],
  [2, [1, 10], 'labels: expected whole numbers from 0 to 9, received 10 for image 1'],
  [1, [-1], 'labels: expected whole numbers from 0 to 9, received -1 for image 0'],
  [1, [2.5], 'labels: expected whole numbers from 0 to 9, received 2.5 for image 0'],
  [1, [Number.NaN], 'labels: expected whole numbers from 0 to 9, received NaN for image 0'],
  [1, [256], 'labels: expected whole numbers from 0 to 9, received 256 for image 0'],
])('%d images with labels %j are not written', (images, labels, message) => {
  expect(() => encodeCifar10(new Uint8Array(images * 3072), labels)).toThrow(
    expect.objectContaining({ name: 'ConfigError', message: `encodeCifar10: ${message}` }),
  );
});

test.each<[string, unknown, unknown, string]>([
  [
    'brightness from 0 to 1, which would become black',
    new Float32Array(3072).fill(0.5),
    [1],
    'images: expected Uint8Array or Uint8ClampedArray, received Float32Array: scale pixels to bytes from 0 to 255',
  ],
  ['pixels of 16 bits', new Uint16Array(3072).fill(500), [1], 'images: expected .*, received Uint16Array'],
  ['pixels in a list', Array(3072).fill(300), [1], 'images: expected .*, received Array'],
  ['a data set', { images: new Uint8Array(3072), labels: [1] }, undefined, 'received Object'],
  ['no pixels', null, [1], 'images: expected .*, received Null'],
  ['no labels', new Uint8Array(3072), undefined, 'labels: expected a list of classes, received none'],
  ['a text for a label', new Uint8Array(3072), '1', 'labels: expected whole numbers from 0 to 9'],
  ['a missing label', new Uint8Array(6144), [1, undefined], 'received undefined for image 1'],
  [
    'more labels than there can be',
    new Uint8Array(3072),
    { length: 2 ** 31 },
    'images: expected 6597069766656',
  ],
])('%s is not written', (_, images, labels, message) => {
  const write = () => encodeCifar10(images as Uint8Array, labels as number[]);
  expect(write).toThrow(ConfigError);
  expect(write).toThrow(new RegExp(`^encodeCifar10: .*${message}`));
});
