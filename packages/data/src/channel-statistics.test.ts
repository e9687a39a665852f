import { expect, test } from 'vitest';
import { channelStatistics, channelStatisticsOf } from './channel-statistics.ts';
import { noiseDataset } from './testing.ts';

test('by hand: a channel of one value, and one of two', () => {
  const { mean, variance } = channelStatistics({
    images: Uint8Array.of(51, 0, 51, 255, 51, 0, 51, 255),
    labels: Uint8Array.of(0, 0),
    imageShape: [1, 2, 2],
    classNames: ['only'],
  });
  expect(mean).toEqual([0.2, 0.5]);
  expect(variance).toEqual([0, 0.25]);
});

test('of noise over all bytes: those of the uniform distribution', () => {
  const { mean, variance } = channelStatistics(noiseDataset().train);
  for (const value of mean) expect(value).toBeCloseTo(0.5, 2);
  for (const value of variance) expect(value).toBeCloseTo((256 ** 2 - 1) / 12 / 255 ** 2, 3);
});

test('of images that come in parts: those of all at once', async () => {
  const { train } = noiseDataset();
  const bytes = train.imageShape.reduce((product, length) => product * length, 1);
  const parts = async function* () {
    for (let at = 0; at < train.images.length; at += 3 * bytes)
      yield train.images.subarray(at, at + 3 * bytes);
  };
  expect(await channelStatisticsOf(parts(), train.imageShape[2])).toEqual(channelStatistics(train));
});
