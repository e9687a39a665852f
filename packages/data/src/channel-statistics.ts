import type { ImageDataset } from '@dropout-lab/contracts';
import { requireWhole } from './batches/batches.ts';

/** Mean and variance of each channel, of pixels as a model takes them: bytes over 255, from 0 to 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  /** With the number of pixels as the denominator. */
  readonly variance: readonly number[];
}

/**
 * Computes the statistics that standardize a data set's images, over all of their pixels; sums are of whole numbers, so
 * exact.
 *
 * @throws ConfigError when the data set has too few pixels or a label out of range.
 */
export const channelStatistics = (dataset: ImageDataset): ChannelStatistics => {
  requireWhole(dataset);
  const { add, statistics } = channelSums(dataset.imageShape[2]);
  add(dataset.images);
  return statistics();
};

/** {@link channelStatistics} of images that are not all in memory. @param parts Their pixels, whole images in each part. */
export const channelStatisticsOf = async (
  parts: AsyncIterable<Uint8Array>,
  channels: number,
): Promise<ChannelStatistics> => {
  const { add, statistics } = channelSums(channels);
  for await (const part of parts) add(part);
  return statistics();
};

const channelSums = (channels: number) => {
  const sums = new Array<number>(channels).fill(0);
  const squares = new Array<number>(channels).fill(0);
  let pixels = 0;
  return {
    add: (images: Uint8Array): void => {
      pixels += images.length / channels;
      for (let i = 0; i < images.length; i += channels) {
        for (let c = 0; c < channels; c++) {
          const byte = images[i + c]!;
          sums[c]! += byte;
          squares[c]! += byte * byte;
        }
      }
    },
    statistics: (): ChannelStatistics => {
      const mean = sums.map((sum) => sum / pixels);
      return {
        mean: mean.map((byte) => byte / 255),
        variance: squares.map((square, c) => (square / pixels - mean[c]! ** 2) / 255 ** 2),
      };
    },
  };
};
