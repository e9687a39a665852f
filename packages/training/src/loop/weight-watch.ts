import { findNotFinite, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Looks at weights where they change. */
export interface WeightWatch {
  /** Begins to look at the weights as they are now: a sum of each, which nobody waits for. */
  look(): void;
  /** The name of a weight that had a NaN or an infinity at the last look; undefined when there was none. */
  notFinite(): Promise<string | undefined>;
}

/** Watches all variables of a model, moving statistics included. */
export const watchWeights = (model: LayersModel): WeightWatch => {
  let sums: Promise<Float32Array> | undefined;
  return {
    look: () => {
      const totals = tf.tidy(() =>
        tf.stack(model.weights.map((weight) => tf.sum(tf.cast(weight.read(), 'float32')))),
      );
      sums = totals.data<'float32'>();
      sums.finally(() => totals.dispose()).catch(() => {});
    },
    notFinite: async () => {
      if (sums === undefined || (await sums).every(Number.isFinite)) return undefined;
      // A sum of large numbers overflows before they do.
      return findNotFinite(await readWeights(model))?.name;
    },
  };
};
