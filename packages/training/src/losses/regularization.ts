import { leafLayers } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Returns the penalty that a model's regularizers add to its loss, as in Keras: once for each weight, however often its layer
 * is used, and not for frozen weights. Undefined where there is none. Call it within `tidy`.
 */
export const regularizationLoss = (model: LayersModel): tf.Tensor | undefined => {
  const penalties = leafLayers(model)
    .filter(({ trainable }) => trainable)
    .flatMap(({ layer }) => layer.losses.map((penalty) => penalty()));
  return penalties.length > 0 ? tf.addN(penalties) : undefined;
};
