import { findNotFinite, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Watches a model's weights for numbers that are not finite. */
export interface WeightWatch {
  /** Requests the sum of each weight as it is now, without waiting for it. */
  update(): void;
  /** The name of a weight that had a NaN or an infinity at the last update; undefined when there was none. */
  notFinite(): Promise<string | undefined>;
}

/** Watches all variables of a model, moving statistics included. */
export const watchWeights = (model: LayersModel): WeightWatch => {
  let sums: Promise<Float32Array> | undefined;
  return {
    update: () => {
      const totals = tf.tidy(() =>
        tf.stack(model.weights.map((weight) => tf.sum(tf.cast(weight.read(), 'float32')))),
      );
      sums = totals.data<'float32'>();
      sums.finally(() => totals.dispose()).catch(() => {});
    },
    notFinite: async () => {
      if (sums === undefined || (await sums).every(Number.isFinite)) return undefined;
      // The sum of large finite numbers may be infinite.
      return findNotFinite(await readWeights(model))?.name;
    },
  };
};
