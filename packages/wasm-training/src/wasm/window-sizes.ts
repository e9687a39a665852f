import type { backend_util } from '@tensorflow/tfjs-core';

/** The sizes that a pooling and a convolution have in common. */
type Windows = Pick<
  backend_util.Conv2DInfo,
  | 'batchSize'
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'filterHeight'
  | 'filterWidth'
  | 'strideHeight'
  | 'strideWidth'
  | 'padInfo'
>;

/** Sizes of windows over images, as the kernels of assembly/ take them. */
export const windowSizesOf = (info: Windows): number[] => [
  info.batchSize,
  info.inHeight,
  info.inWidth,
  info.inChannels,
  info.outHeight,
  info.outWidth,
  info.filterHeight,
  info.filterWidth,
  info.strideHeight,
  info.strideWidth,
  info.padInfo.top,
  info.padInfo.left,
];
