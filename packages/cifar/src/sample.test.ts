import type { ClassIndices } from '@dropout-lab/contracts';
import { sha256Sync } from '@dropout-lab/files';
import { expect, test } from 'vitest';
import { encodeCifar10 } from './decode.ts';
import { loadSample } from './sample.ts';

test('the sample is balanced', () => {
  const { train, test: held } = loadSample();
  const perClass = (labels: ClassIndices) =>
    train.classNames.map((_, c) => labels.filter((label) => label === c).length);
  expect(perClass(train.labels)).toEqual(Array(10).fill(25));
  expect(perClass(held.labels)).toEqual(Array(10).fill(10));
  // The first image of data_batch_1.bin is a frog.
  expect(train.classNames[train.labels[0]!]).toBe('frog');
});

test('the sample is what was taken from the official files', () => {
  const { train, test: held, sha256 } = loadSample();
  const digests = [train, held].map(({ images, labels }) => sha256Sync(encodeCifar10(images, labels)));
  expect(Object.values(sha256)).toEqual(digests);
  expect(sha256['training sample']).toBe('451006a1b90d3f387e9b8d5f322d808afc03ad73a946d26bb9dc02240a25aa11');
  expect(sha256['test sample']).toBe('2c2ffc3c226fff0d6a1daf35c66e43a4f6933a40d37a8ca1c6fc9d3c29b4b6cf');
});
