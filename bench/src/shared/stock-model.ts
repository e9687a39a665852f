import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

/** Builds the tutorial's model from stock TensorFlow.js, without constraints, which stock training never applies. */
export const createStockModel = (): LayersModel => {
  const relu = { activation: 'relu', kernelInitializer: 'heUniform' } as const;
  const model = sequential({
    layers: [
      layers.conv2d({ ...relu, inputShape: [32, 32, 3], filters: 64, kernelSize: 3 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.5 }),
      layers.conv2d({ ...relu, filters: 64, kernelSize: 3 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ ...relu, units: 256 }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
};
