import { tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Applies the constraint of every trainable weight to it, as Keras does after each optimizer update. Stock
 * TensorFlow.js never does: its optimizers assign the variables without the layers.
 */
export const applyConstraints = (model: LayersModel): void =>
  tidy(() => {
    // write() applies the constraint; the clone shares the weight's data.
    for (const weight of model.trainableWeights) weight.write(weight.read().clone());
  });
