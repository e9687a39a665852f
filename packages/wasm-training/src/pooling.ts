import {
  backend_util,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** The sizes of a pooling: those of input, output, window, strides and padding. */
export type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;

/** The sizes of a pooling of `x`, [batch, height, width, channels]. */
export const poolInfoOf = (
  x: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs | MaxPoolGradAttrs,
): PoolInfo =>
  backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );

/** A number for each window of a pooling, in the order of its output, from the places of the window's numbers in the input. */
export const mapWindows = (
  info: PoolInfo,
  ofWindow: (places: readonly number[]) => number,
): readonly number[] => {
  const { inHeight, inWidth, inChannels } = info;
  const results: number[] = [];
  for (let n = 0; n < info.batchSize; n++) {
    for (let oy = 0; oy < info.outHeight; oy++) {
      const top = oy * info.strideHeight - info.padInfo.top;
      for (let ox = 0; ox < info.outWidth; ox++) {
        const left = ox * info.strideWidth - info.padInfo.left;
        for (let c = 0; c < inChannels; c++) {
          const places: number[] = [];
          for (let iy = Math.max(0, top); iy < Math.min(inHeight, top + info.filterHeight); iy++) {
            for (let ix = Math.max(0, left); ix < Math.min(inWidth, left + info.filterWidth); ix++) {
              places.push(((n * inHeight + iy) * inWidth + ix) * inChannels + c);
            }
          }
          results.push(ofWindow(places));
        }
      }
    }
  }
  return results;
};
