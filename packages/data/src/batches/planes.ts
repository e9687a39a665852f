import type { ImageShape } from '@dropout-lab/contracts';
import type { DataFormat } from './batches.ts';

/** Returns how many pictures an image consists of, and their shape: with channels first each channel is one. */
export const planesOf = (
  imageShape: readonly number[],
  dataFormat: DataFormat,
): [planes: number, shape: ImageShape] => {
  const [a, b, c] = imageShape as unknown as ImageShape;
  return dataFormat === 'channels_last' ? [1, [a, b, c]] : [a, [b, c, 1]];
};
