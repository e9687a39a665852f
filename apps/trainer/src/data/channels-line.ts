import type { ChannelStatistics } from '@dropout-lab/data';

/** Mean and variance of each channel of the training images in words, to standardize them by. */
export const channelsLine = ({ mean, variance }: ChannelStatistics): string =>
  `Training images by channel, 0 to 1: mean ${listed(mean)}; variance ${listed(variance)}`;

const listed = (values: readonly number[]): string => values.map((value) => value.toFixed(5)).join(', ');
