import { createHash } from 'node:crypto';
import { type DatasetName, datasetOf, type ImageDataset } from '@dropout-lab/contracts';
import { type ImageLimits, limit } from '@dropout-lab/data';
import { describe, expect, test } from 'vitest';
import { datasetLoaders } from './dataset-table.ts';

const names = Object.keys(datasetLoaders) as DatasetName[];

const files = names.flatMap((name) => {
  const loader = datasetLoaders[name];
  return loader.kind === 'files' ? [{ name, ...loader }] : [];
});

describe.each(files)('the files of $name', ({ name, files: { title, labels, target, files } }) => {
  test('are those of its description', () => {
    const description = datasetOf(name);
    expect(title).toBe(description.title);
    expect(labels[target]!.classNames).toEqual(description.classNames);
    const imagesOf = (split: 'train' | 'test') =>
      files.filter((file) => file.split === split).reduce((sum, { images }) => sum + images, 0);
    expect([imagesOf('train'), imagesOf('test')]).toEqual([description.trainImages, description.testImages]);
  });
});

const drawn = names.flatMap((name) => {
  const loader = datasetLoaders[name];
  return loader.kind === 'drawn' ? [{ name, ...loader }] : [];
});

describe.each(drawn)('what is drawn of $name', ({ name, draw }) => {
  const { imageShape, classNames, trainImages, testImages } = datasetOf(name);
  const counts = { train: trainImages, test: testImages };
  const data = draw();

  test.each(['train', 'test'] as const)('is what its description says: %s', (split) => {
    const { images, labels, ...rest } = data[split];
    expect(rest).toEqual({ imageShape, classNames });
    expect(labels).toHaveLength(counts[split]);
    expect(images).toHaveLength(counts[split] * imageShape.reduce((size, length) => size * length, 1));
    // As many of each class, but for the rest.
    const perClass = classNames.map((_, label) => labels.filter((one) => one === label).length);
    expect(Math.max(...perClass) - Math.min(...perClass)).toBeLessThanOrEqual(1);
  });

  test('is the same to the bit every time and everywhere, and its digests say which', () => {
    expect(data.sha256).toEqual({ training: digestOf(data.train), test: digestOf(data.test) });
    expect(digestOf(draw().train)).toBe(data.sha256['training']);
    expect(data.sha256['test']).not.toBe(data.sha256['training']);
  });

  test.each<[string, ImageLimits, [number, number]]>([
    ['a few', { train: 50, test: 20 }, [50, 20]],
    ['a few of one split', { train: null, test: 1 }, [trainImages, 1]],
    ['more than there are', { train: trainImages + 1, test: testImages + 1 }, [trainImages, testImages]],
  ])(
    'begins with the same images when it is limited to %s, and has the digests of all',
    (_, limits, [train, test]) => {
      const limited = draw(limits);
      expect([limited.train.labels.length, limited.test.labels.length]).toEqual([train, test]);
      expect(digestOf(limited.train)).toBe(digestOf(limit(data.train, train)));
      expect(digestOf(limited.test)).toBe(digestOf(limit(data.test, test)));
      expect(limited.sha256).toEqual(data.sha256);
    },
  );
});

const digestOf = ({ images, labels }: ImageDataset): string =>
  createHash('sha256').update(images).update(labels).digest('hex');
