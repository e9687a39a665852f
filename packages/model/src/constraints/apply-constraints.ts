import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Applies the constraint of every trainable weight to it, as Keras does after each optimizer update. Stock
 * TensorFlow.js never does: its optimizers assign the variables without the layers.
 *
 * @param frozen Variables that are left as they are: a constraint may round what it has constrained before.
 */
export const applyConstraints = (model: LayersModel, frozen: ReadonlySet<Tensor> = new Set()): void =>
  tidy(() => {
    for (const weight of model.trainableWeights) {
      const value = weight.read();
      // write() applies the constraint; the clone shares the weight's data.
      if (!frozen.has(value)) weight.write(value.clone());
    }
  });
