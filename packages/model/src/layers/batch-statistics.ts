import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/**
 * Exchanges numbers between the slices of a batch that are computed at the same time on several threads. Given this slice's
 * numbers, it waits for all slices and returns the numbers of each, as many, in the order of the batch.
 */
export type SliceExchange = (values: Float64Array) => readonly Float64Array[];

/** Mean and variance of each channel, over `count` numbers. */
export interface Moments {
  readonly count: number;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Mean and variance of the whole batch from those of its slices (Chan, Golub & LeVeque 1979), in float64 and in the
 * batch's order, so that every slice finds the same to the bit.
 */
export const momentsOfBatch = (ofSlice: Moments, exchange: SliceExchange): Moments => {
  const channels = ofSlice.mean.size;
  const [sliceMeans, sliceVariances] = [ofSlice.mean, ofSlice.variance].map((values) => values.dataSync());
  const slices = exchange(Float64Array.of(ofSlice.count, ...sliceMeans!, ...sliceVariances!));
  const count = slices.reduce((sum, slice) => sum + slice[0]!, 0);
  const means = new Float32Array(channels);
  const variances = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const mean = slices.reduce((sum, slice) => sum + slice[0]! * slice[1 + c]!, 0) / count;
    const squares = slices.reduce((sum, slice) => {
      const [rows, ofSlice, variance] = [slice[0]!, slice[1 + c]!, slice[1 + channels + c]!];
      return sum + rows * (variance + (ofSlice - mean) ** 2);
    }, 0);
    means[c] = mean;
    variances[c] = squares / count;
  }
  return { count, mean: tensor(means), variance: tensor(variances) };
};

/** Sums over the whole batch of numbers by channel, from those of its slices. */
export const sumsOfBatch = (ofSlice: readonly Tensor[], exchange: SliceExchange): Tensor[] => {
  const slices = exchange(Float64Array.from(ofSlice.flatMap((sums) => [...sums.dataSync()])));
  return ofSlice.map((sums, i) => {
    const channels = sums.size;
    const total = new Float32Array(channels);
    for (let c = 0; c < channels; c++) {
      total[c] = slices.reduce((sum, slice) => sum + slice[i * channels + c]!, 0);
    }
    return tensor(total);
  });
};
