import type { OwnImages } from '@dropout-lab/contracts';
import { type ChannelStatistics, channelStatisticsOf, imageParts } from '@dropout-lab/data';
import type { OpenedImages } from '@dropout-lab/data/node';

/** Computes mean and variance of each channel of prepared training images, those for validation included, read some at a time. */
export const channelsOf = (
  images: OwnImages,
  opened: Pick<OpenedImages, 'read'>,
): Promise<ChannelStatistics> => {
  const { imageShape, trainImages } = images;
  return channelStatisticsOf(imageParts(images, opened, { first: 0, count: trainImages }), imageShape[2]);
};

/** Mean and variance of each channel of the training images in words, to standardize them by. */
export const channelsLine = ({ mean, variance }: ChannelStatistics): string =>
  `Training images by channel, 0 to 1: mean ${listed(mean)}; variance ${listed(variance)}`;

const listed = (values: readonly number[]): string => values.map((value) => value.toFixed(5)).join(', ');
