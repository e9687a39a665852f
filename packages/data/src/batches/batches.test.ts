import { ConfigError, DropoutLabError, type ImageDataset } from '@dropout-lab/contracts';
import { fold, permutation, randomKey } from '@dropout-lab/random';
import { describe, expect, test } from 'vitest';
import { splitLast } from '../split.ts';
import { noiseDataset } from '../testing.ts';
import { type BatchOptions, createBatches } from './batches.ts';

const { train: sample } = noiseDataset();
const key = randomKey(7);

/** Images of one pixel that say which one they are. */
const numbered = (n: number): ImageDataset => ({
  images: Uint8Array.from({ length: n }, (_, i) => i),
  labels: new Uint8Array(n),
  imageShape: [1, 1, 1],
  classNames: ['only'],
});

const imagesOfEpoch = (source: ReturnType<typeof createBatches>, epoch: number): number[] =>
  Array.from({ length: source.batchesPerEpoch }, (_, i) => [...source.batch(epoch, i).images]).flat();

describe('createBatches', () => {
  test('keeps the order without a shuffle and the pixels as bytes, and ends with a short batch', () => {
    const source = createBatches(sample, { batchSize: 60 });
    expect([source.size, source.batchesPerEpoch, source.imageShape]).toEqual([250, 5, [32, 32, 3]]);
    const last = source.batch(0, 4);
    expect([last.size, last.images.length]).toEqual([10, 10 * 3072]);
    expect(last.labels).toEqual(sample.labels.slice(240));
    expect(last.images).toEqual(sample.images.slice(240 * 3072));
  });

  test('shuffles every epoch by its own permutation, every image once', () => {
    const source = createBatches(numbered(100), { batchSize: 30, shuffle: key });
    const seen = imagesOfEpoch(source, 3);
    expect(seen).toEqual([...permutation(fold(key, 3), 100)]);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(imagesOfEpoch(source, 4)).not.toEqual(imagesOfEpoch(source, 3));
  });

  test('cuts any batch at any time, in any order', () => {
    const one = createBatches(sample, { batchSize: 50, shuffle: key });
    const other = createBatches(sample, { batchSize: 50, shuffle: key });
    other.batch(5, 0);
    other.batch(1, 4);
    expect(other.batch(1, 2)).toEqual(one.batch(1, 2));
  });

  test('channels_first is channels_last transposed', () => {
    const last = createBatches(sample, { batchSize: 4, shuffle: key }).batch(0, 0).images;
    const source = createBatches(sample, { batchSize: 4, shuffle: key, dataFormat: 'channels_first' });
    const first = source.batch(0, 0).images;
    expect(source.imageShape).toEqual([3, 32, 32]);
    for (let n = 0; n < 4; n++) {
      for (let p = 0; p < 1024; p++) {
        for (let c = 0; c < 3; c++) {
          expect(first[n * 3072 + c * 1024 + p]).toBe(last[n * 3072 + p * 3 + c]);
        }
      }
    }
  });

  test('leaves an incomplete last batch out: other images in each epoch when they are shuffled', () => {
    const options = { batchSize: 30, shuffle: key, dropRemainder: true };
    const source = createBatches(numbered(100), options);
    expect([source.size, source.batchesPerEpoch]).toEqual([90, 3]);
    expect(imagesOfEpoch(source, 3)).toEqual([...permutation(fold(key, 3), 100)].slice(0, 90));
    expect(() => source.batch(0, 3)).toThrow('expected an index from 0 to 2, got 3');
    const whole = createBatches(numbered(90), options);
    expect([whole.size, whole.batchesPerEpoch]).toEqual([90, 3]);
    expect(() => createBatches(numbered(29), options)).toThrow(
      'batchSize: expected at most 29, the images, since dropRemainder leaves a batch of fewer out, received 30',
    );
  });

  test('refuses impossible options and indices', () => {
    expect(() => createBatches(sample, { batchSize: 0 })).toThrow(ConfigError);
    expect(() => createBatches(numbered(0), { batchSize: 1 })).toThrow(ConfigError);
    const flip = { flip: true };
    expect(() => createBatches(sample, { batchSize: 1, augmentation: flip })).toThrow(/augmentationKey/);
    for (const augmentation of [{ crop: -1 }, { cutout: 0.5 }])
      expect(() => createBatches(sample, { batchSize: 1, augmentation, augmentationKey: key })).toThrow(
        ConfigError,
      );
    expect(() => createBatches(sample, { batchSize: 100 }).batch(0, 3)).toThrow(DropoutLabError);
  });
});

describe('augmentation', () => {
  const augmented = (batchSize: number) =>
    createBatches(sample, { batchSize, augmentation: { flip: true, crop: 4 }, augmentationKey: key });

  test('depends on key, epoch and image, not on the batch that the image comes in', () => {
    const image = 130;
    const inSmall = augmented(10).batch(2, 13).images.subarray(0, 3072);
    const inLarge = augmented(125)
      .batch(2, 1)
      .images.subarray(5 * 3072, 6 * 3072);
    expect(inSmall).toEqual(inLarge);
    expect(augmented(10).batch(3, 13).images.subarray(0, 3072)).not.toEqual(inSmall);
    expect(sample.labels[image]).toBe(augmented(10).batch(2, 13).labels[0]);
  });

  test('flips about half of the images and leaves the others alone', () => {
    const augmentation = { flip: true };
    const { images } = createBatches(sample, { batchSize: 250, augmentation, augmentationKey: key }).batch(
      0,
      0,
    );
    const { images: plain } = createBatches(sample, { batchSize: 250 }).batch(0, 0);
    let flipped = 0;
    for (let n = 0; n < 250; n++) {
      const [got, was] = [images, plain].map((all) => all.subarray(n * 3072, (n + 1) * 3072));
      if (got!.every((x, i) => x === was![i])) continue;
      flipped++;
      for (let i = 0; i < 3072; i++) {
        const [y, x, c] = [Math.floor(i / 96), Math.floor(i / 3) % 32, i % 3];
        if (got![i] !== was![(y * 32 + 31 - x) * 3 + c])
          throw new Error(`image ${n} is no mirror image at ${i}`);
      }
    }
    expect(flipped).toBeGreaterThan(95);
    expect(flipped).toBeLessThan(155);
  });

  test('crops from a zero-padded image: every shift of -crop..crop and nothing else', () => {
    const side = 3;
    const dataset: ImageDataset = {
      images: Uint8Array.from({ length: 200 * side * side }, (_, i) => (i % 9 === 4 ? 255 : 0)),
      labels: new Uint8Array(200),
      imageShape: [side, side, 1],
      classNames: ['dot'],
    };
    const augmentation = { crop: 1 };
    const { images } = createBatches(dataset, { batchSize: 200, augmentation, augmentationKey: key }).batch(
      0,
      0,
    );
    const places = new Set<number>();
    for (let n = 0; n < 200; n++) {
      const image = images.subarray(n * 9, (n + 1) * 9);
      expect([...image].reduce((sum, x) => sum + x, 0)).toBe(255);
      places.add(image.indexOf(255));
    }
    expect([...places].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('cuts a square out around any pixel: what of it lies beyond the image is lost', () => {
    const [height, width, channels, side] = [4, 5, 2, 3];
    const dataset: ImageDataset = {
      images: new Uint8Array(300 * height * width * channels).fill(255),
      labels: new Uint8Array(300),
      imageShape: [height, width, channels],
      classNames: ['white'],
    };
    const augmentation = { cutout: side };
    const { images } = createBatches(dataset, { batchSize: 300, augmentation, augmentationKey: key }).batch(
      0,
      0,
    );
    const cut = (centreY: number, centreX: number) =>
      Array.from({ length: height * width * channels }, (_, i) => {
        const [y, x] = [Math.floor(i / channels / width), Math.floor(i / channels) % width];
        return Math.abs(y - centreY) <= 1 && Math.abs(x - centreX) <= 1 ? 0 : 255;
      }).join();
    const centres = Array.from({ length: height * width }, (_, i) => cut(Math.floor(i / width), i % width));
    const found = Array.from({ length: 300 }, (_, n) => images.subarray(n * 40, (n + 1) * 40).join());
    expect(new Set(found)).toEqual(new Set(centres));
  });

  test('alternating: a half in epoch 0, then what was seen as it is is seen mirrored, whatever batch it comes in', () => {
    const options = { batchSize: 250, augmentation: { flip: 'alternating' }, augmentationKey: key } as const;
    const source = createBatches(sample, options);
    const pixels = 3072;
    const imagesOf = (batch: { images: Uint8Array | Float32Array }) =>
      Array.from({ length: batch.images.length / pixels }, (_, n) =>
        batch.images.subarray(n * pixels, (n + 1) * pixels).join(),
      );
    const plain = imagesOf(createBatches(sample, { batchSize: 250 }).batch(0, 0));
    const epochs = [0, 1, 2, 5].map((epoch) => imagesOf(source.batch(epoch, 0)));
    const mirrored = epochs.map((images) => images.map((image, n) => image !== plain[n]));
    const [first, second, third, sixth] = mirrored as [boolean[], boolean[], boolean[], boolean[]];
    expect(second).toEqual(first.map((isMirrored) => !isMirrored));
    expect(third).toEqual(first);
    expect(sixth).toEqual(second);
    const count = first.filter(Boolean).length;
    expect(count).toBeGreaterThan(95);
    expect(count).toBeLessThan(155);
    // One of the two views of every image is its mirror image.
    const byAlwaysFlipping = epochs[0]!.map((image, n) => (first[n] ? image : epochs[1]![n]));
    expect(byAlwaysFlipping).toEqual(
      plain.map((image) => {
        const bytes = image.split(',');
        return Array.from({ length: pixels }, (_, i) => {
          const [y, x, c] = [Math.floor(i / 96), Math.floor(i / 3) % 32, i % 3];
          return bytes[(y * 32 + 31 - x) * 3 + c];
        }).join();
      }),
    );
    const shuffled = createBatches(sample, { ...options, batchSize: 10, shuffle: key });
    const order = permutation(fold(key, 1), 250);
    expect(imagesOf(shuffled.batch(1, 3))).toEqual(
      [...order.subarray(30, 40)].map((image) => epochs[1]![image]),
    );
  });

  test('alternating changes none of the draws of crop and cutout', () => {
    const imagesWith = (flip: boolean | 'alternating') => {
      const augmentation = { flip, crop: 2, cropFill: 'reflect', cutout: 3 } as const;
      return createBatches(stripes, { batchSize: 20, augmentation, augmentationKey: key }).batch(3, 0).images;
    };
    const stripes: ImageDataset = {
      images: Uint8Array.from({ length: 20 * 64 }, (_, i) => 1 + (Math.floor(i / 8) % 8)),
      labels: new Uint8Array(20),
      imageShape: [8, 8, 1],
      classNames: ['stripes'],
    };
    expect(imagesWith('alternating')).toEqual(imagesWith(true));
    expect(imagesWith(false)).toEqual(imagesWith(true));
  });

  test('crops with reflected borders: every pixel is one of the image', () => {
    const white = { ...sample, images: new Uint8Array(sample.images.length).fill(9) };
    const imagesWith = (cropFill: 'zeros' | 'reflect') =>
      createBatches(white, {
        batchSize: 250,
        augmentation: { crop: 4, cropFill },
        augmentationKey: key,
      }).batch(0, 0).images;
    expect(imagesWith('zeros')).toContain(0);
    expect(imagesWith('reflect')).toEqual(white.images);
  });

  test.each([4, 17])('a crop of %i pixels is too large to reflect in images of 4 x 17', (crop) => {
    const dataset: ImageDataset = {
      images: new Uint8Array(4 * 17),
      labels: new Uint8Array(1),
      imageShape: [4, 17, 1],
      classNames: ['only'],
    };
    const options = { batchSize: 1, augmentationKey: key };
    const augmentation = { crop, cropFill: 'reflect' } as const;
    expect(() => createBatches(dataset, { ...options, augmentation })).toThrow(
      `crop: expected at most 3 pixels to reflect in images of 4 x 17, received ${crop}: crop less, or pad with zeros`,
    );
    expect(() => createBatches(dataset, { ...options, augmentation: { crop } })).not.toThrow();
    expect(() =>
      createBatches(dataset, { ...options, augmentation: { ...augmentation, crop: 3 } }),
    ).not.toThrow();
  });

  test('how to fill alone changes nothing, and needs no key', () => {
    const options = { batchSize: 4, augmentation: { cropFill: 'reflect' } } as const;
    expect(createBatches(sample, options).batch(0, 0)).toEqual(
      createBatches(sample, { batchSize: 4 }).batch(0, 0),
    );
  });

  test('an augmentation changes none of the draws of another', () => {
    const others = { flip: true, crop: 4 };
    const imagesWith = (augmentation: BatchOptions['augmentation']) =>
      createBatches(sample, { batchSize: 50, augmentation, augmentationKey: key }).batch(0, 0).images;
    const without = imagesWith(others);
    const cut = imagesWith({ ...others, cutout: 8 });
    expect(cut.every((byte, i) => byte === 0 || byte === without[i])).toBe(true);
    expect(cut.filter((byte, i) => byte !== without[i]).length).toBeGreaterThan(50 * 8 * 8);
  });
});

describe('an incomplete data set is refused before a batch is cut', () => {
  const whole: ImageDataset = {
    images: new Uint8Array(3 * 4),
    labels: Uint8Array.of(0, 1, 2),
    imageShape: [2, 2, 1],
    classNames: ['a', 'b', 'c'],
  };

  test.each<[string, Partial<ImageDataset>, string]>([
    [
      'an image is missing',
      { images: new Uint8Array(2 * 4) },
      'images: expected 12 pixels, 3 images of shape [2,2,1], one for each label, received 8',
    ],
    ['a pixel is missing', { images: new Uint8Array(3 * 4 - 1) }, 'received 11'],
    ['a label is missing', { labels: Uint8Array.of(0, 1) }, 'images: expected 8 pixels, 2 images'],
    [
      'classes are counted from 1',
      { labels: Uint8Array.of(1, 2, 3) },
      'labels: expected classes from 0 to 2, one for each of the class names, received 3 for image 2',
    ],
    ['a class is negative', { labels: Int32Array.of(0, -1, 2) }, 'received -1 for image 1'],
    ['there are fewer names than classes', { classNames: ['a', 'b'] }, 'classes from 0 to 1'],
  ])('%s', (_, change, message) => {
    expect(() => createBatches({ ...whole, ...change }, { batchSize: 2 })).toThrow(message);
  });
});

test.each([Uint8Array, Uint16Array, Int32Array])('labels keep their type, %o', (type) => {
  const classNames = Array.from({ length: type === Uint8Array ? 3 : 300 }, (_, i) => `${i}`);
  const last = classNames.length - 1;
  const dataset: ImageDataset = {
    images: new Uint8Array(4),
    labels: type.from([0, last, 1, last]),
    imageShape: [1, 1, 1],
    classNames,
  };
  const { train, validation } = splitLast(dataset, 0.5);
  expect(createBatches(train, { batchSize: 2 }).batch(0, 0).labels).toEqual(type.from([0, last]));
  expect(createBatches(validation, { batchSize: 2 }).batch(0, 0).labels).toEqual(type.from([1, last]));
});
