import type { OwnImages } from '@dropout-lab/contracts';
import type { ChannelStatistics } from '@dropout-lab/data';

/** Images; a gigabyte of them may lie in the file. */
const READ_AT_ONCE = 256;

/** Computes mean and variance of each channel of prepared training images, those for validation included, read some at a time. */
export const channelsOf = async (images: OwnImages, signal: AbortSignal): Promise<ChannelStatistics> => {
  const [{ channelStatisticsOf }, { openPrepared }] = await Promise.all([
    import('@dropout-lab/data'),
    import('@dropout-lab/data/node'),
  ]);
  const { trainImages, imageShape } = images;
  const opened = await openPrepared(images, { signal });
  const pixels = async function* () {
    for (let first = 0; first < trainImages; first += READ_AT_ONCE)
      yield opened.read(first, Math.min(READ_AT_ONCE, trainImages - first));
  };
  try {
    return await channelStatisticsOf(pixels(), imageShape[2]);
  } finally {
    await opened.close();
  }
};

/** Mean and variance of each channel of the training images in words, to standardize them by. */
export const channelsLine = ({ mean, variance }: ChannelStatistics): string =>
  `Training images by channel, 0 to 1: mean ${listed(mean)}; variance ${listed(variance)}`;

const listed = (values: readonly number[]): string => values.map((value) => value.toFixed(5)).join(', ');
