import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { dense, endingIn, type RefusedGroup, withLayers } from './case.ts';

const compiled = (args: Partial<Parameters<LayersModel['compile']>[0]>) => () => {
  const built = withLayers();
  built.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', ...args });
  return built;
};
export const ofLosses: RefusedGroup = {
  title: 'Of a loss, and of what a model was compiled with',
  cases: [
    {
      what: 'categorical crossentropy of a model that ends in neither a softmax over classes nor a Dense layer without activation',
      build: () => endingIn(dense({ activation: 'relu' })),
      message:
        'loss: categorical_crossentropy: expected a model that ends in a softmax over classes, or in a Dense layer without activation, found one that ends in dense (Dense relu)',
    },
    {
      what: 'the same of a model that ends in a sigmoid',
      build: () => endingIn(dense({ activation: 'sigmoid' })),
      message: 'found one that ends in dense (Dense sigmoid): change its last layer, or the loss',
    },
    {
      what: 'binary crossentropy of a model that ends in a softmax, whose logits Keras takes for those of a sigmoid',
      build: () => endingIn(dense()),
      config: { loss: { name: 'binary_crossentropy', labelSmoothing: 0 } },
      message: 'loss: binary_crossentropy: expected a model that ends in a sigmoid',
    },
    {
      what: 'categorical crossentropy of a single output, which is always 0',
      build: () => endingIn(dense({ units: 1, activation: 'linear' })),
      message: 'loss: categorical_crossentropy: expected several classes, found one output, of dense',
    },
    {
      what: 'a softmax over a single unit, which is always 1',
      build: () => endingIn(dense({ units: 1 })),
      message: 'model: expected several classes behind a softmax, found one',
    },
    {
      what: 'a compiled loss that is not the configuration’s',
      build: compiled({ loss: 'meanSquaredError' }),
      config: { loss: { name: 'categorical_crossentropy', labelSmoothing: 0 } },
      message:
        'model: expected to be compiled with the loss of the configuration, categorical_crossentropy, found "meanSquaredError"',
    },
    {
      what: 'a compiled loss that is not built in',
      build: compiled({ loss: 'poisson' }),
      config: { loss: undefined },
      message: 'found "poisson": pass the loss to train, as config.loss',
    },
    {
      what: 'a compiled loss that is a function',
      build: compiled({ loss: (a: tf.Tensor, b: tf.Tensor) => tf.sub(a, b) }),
      config: { loss: undefined },
      message: 'found a function loss: pass the loss to train, as config.loss',
    },
    {
      what: 'a compiled optimizer that is not the configuration’s',
      build: compiled({ optimizer: tf.train.rmsprop(0.001) }),
      message:
        'model: expected to be compiled with the optimizer of the configuration, adam with a learning rate of 0.001, found RMSProp with 0.001',
    },
    {
      what: 'a compiled learning rate that is not the configuration’s',
      build: compiled({ optimizer: tf.train.adam(0.01) }),
      message: 'found Adam with 0.01: make them equal, or do not compile the model',
    },
    {
      what: 'a momentum, beta or epsilon of a compiled optimizer that is not the configuration’s',
      build: compiled({ optimizer: tf.train.adam(0.001, 0.1) }),
      message: 'adam with beta1 0.9, found beta1 0.1',
    },
    {
      what: 'compiled metrics besides accuracy',
      build: compiled({ metrics: ['accuracy', 'mse'] }),
      message: 'model: expected to be compiled with the metric accuracy alone, found "mse"',
    },
    {
      what: 'a custom loss without one number for each row',
      config: { loss: { name: 'mine', rows: (targets) => tf.mean(targets) } },
      message: 'loss: mine: expected a loss for each of 4 rows, found shape []',
      when: 'batch',
    },
  ],
};
