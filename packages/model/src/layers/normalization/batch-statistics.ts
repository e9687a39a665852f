import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/**
 * Exchanges numbers between the slices of a batch, which several threads compute at the same time. Given the numbers of each
 * of this thread's slices, it waits for the other threads and returns those of every slice, as many, in the order of the batch.
 */
export type SliceExchange = (ofSlices: readonly Float64Array[]) => readonly Float64Array[];

/** Mean and variance of each channel, over `count` numbers. */
export interface Moments {
  readonly count: number;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Mean and variance of the whole batch from those of its slices (Chan, Golub & LeVeque 1979), in float64 and in the
 * batch's order, so that every thread finds the same to the bit, however many there are.
 */
export const momentsOfBatch = (
  ofSlices: readonly Moments[],
  exchange: SliceExchange = withoutOthers,
): Moments => {
  const channels = ofSlices[0]!.mean.size;
  const slices = exchange(
    ofSlices.map(({ count, mean, variance }) =>
      Float64Array.of(count, ...mean.dataSync(), ...variance.dataSync()),
    ),
  );
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

/**
 * Sums over the whole batch of numbers by channel, from those of its slices: as many lists as a slice has, in float64 and in
 * the batch's order.
 */
export const sumsOfBatch = (
  ofSlices: readonly (readonly Tensor[])[],
  exchange: SliceExchange = withoutOthers,
): Float32Array[] => {
  const slices = exchange(
    ofSlices.map((lists) => Float64Array.from(lists.flatMap((sums) => [...sums.dataSync()]))),
  );
  let start = 0;
  return ofSlices[0]!.map(({ size: channels }) => {
    const total = new Float32Array(channels);
    for (let c = 0; c < channels; c++) {
      total[c] = slices.reduce((sum, slice) => sum + slice[start + c]!, 0);
    }
    start += channels;
    return total;
  });
};

/** Where no other thread has slices of the batch. */
const withoutOthers: SliceExchange = (ofSlices) => ofSlices;
