import { findNotFinite, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Watches a model's weights for numbers that are not finite. */
export interface WeightWatch {
  /** Requests the sum of each weight as it is now, without waiting for it. */
  update(): void;
  /** The name of a weight that had a NaN or an infinity at the last update; undefined when there was none. */
  notFinite(): Promise<string | undefined>;
  /** Returns the sum of each weight as it is now, float32 [weights]; the caller disposes it. */
  sums(): tf.Tensor;
  /** The name of a weight that is not finite, and was not when its sum was one of these; undefined when there is none. */
  notFiniteOf(sums: Float32Array): Promise<string | undefined>;
}

/** Watches all variables of a model, moving statistics included. */
export const watchWeights = (model: LayersModel): WeightWatch => {
  let latest: Promise<Float32Array> | undefined;
  const sums = (): tf.Tensor =>
    tf.tidy(() => tf.stack(model.weights.map((weight) => tf.sum(tf.cast(weight.read(), 'float32')))));
  const notFiniteOf = async (values: Float32Array): Promise<string | undefined> => {
    if (values.every(Number.isFinite)) return undefined;
    // The sum of large finite numbers may be infinite.
    const weights = (await readWeights(model)).filter((_, i) => !Number.isFinite(values[i]));
    return findNotFinite(weights)?.name;
  };
  return {
    sums,
    notFiniteOf,
    update: () => {
      const totals = sums();
      latest = totals.data<'float32'>();
      latest.finally(() => totals.dispose()).catch(() => {});
    },
    notFinite: async () => latest && notFiniteOf(await latest),
  };
};
