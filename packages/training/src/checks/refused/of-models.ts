import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, regularizers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { conv, dense, type RefusedCase, type RefusedGroup, SIZE, sequences, withLayers } from './case.ts';

const rnn = (more: object = {}) => ({
  name: 'rnn',
  units: 2,
  recurrentInitializer: 'zeros' as const,
  ...more,
});
/** A model's input, and the second output of a model that is nested in it. */
const ofSecondOutput = (): { inputs: SymbolicTensor; outputs: SymbolicTensor } => {
  const within = input({ shape: [32] });
  const outputs = ['a', 'b'].map((name) => dense({ name }).apply(within) as SymbolicTensor);
  const inner = model({ name: 'inner', inputs: within, outputs });
  const inputs = input({ shape: [6, 6, 2] });
  const flat = layers.flatten().apply(conv().apply(inputs)) as SymbolicTensor;
  return { inputs, outputs: (inner.apply(flat) as SymbolicTensor[])[1]! };
};

/** A layer of the user's own that rounds, which has no slope. */
class Rounding extends layers.Layer {
  static readonly className = 'Rounding';
  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.cast(tf.greater(Array.isArray(inputs) ? inputs[0]! : inputs, 0), 'float32'));
  }
}

const drawing = (layer: layers.Layer): Pick<RefusedCase, 'build' | 'message'> => ({
  build: () => withLayers(layer),
  message: `model: ${layer.name} (${layer.getClassName()}): expected random numbers that depend on a seed and the step`,
});

export const ofModels: RefusedGroup = {
  title: 'Of a model',
  cases: [
    {
      what: 'several inputs',
      build: () => {
        const inputs = [input({ shape: [6, 6, 2] }), input({ shape: [6, 6, 2] })];
        const both = layers.add().apply(inputs) as SymbolicTensor;
        const flat = layers.flatten().apply(both) as SymbolicTensor;
        return model({ inputs, outputs: dense().apply(flat) as SymbolicTensor });
      },
      message: 'model: expected one input, found 2',
    },
    {
      what: 'several outputs',
      build: () => {
        const inputs = input({ shape: [6, 6, 2] });
        const flat = layers.flatten().apply(inputs) as SymbolicTensor;
        const outputs = [dense().apply(flat), dense({ name: 'other' }).apply(flat)] as SymbolicTensor[];
        return model({ inputs, outputs });
      },
      message: 'model: expected one output, found 2 (dense, other)',
    },
    {
      what: 'an input for batches of one size (`batchInputShape`)',
      build: () =>
        sequential({
          layers: [layers.flatten({ batchInputShape: [SIZE, 6, 6, 2] }), dense()],
        }),
      message: 'model: expected an input for batches of any size, found one for 4',
    },
    {
      what: 'an output of unknown size',
      build: () => {
        const inputs = input({ shape: [6, 6, 2] });
        const rows = layers.reshape({ targetShape: [-1, 3] }).apply(inputs) as SymbolicTensor;
        const unknown = rows.shape.includes(-1) ? rows : Object.assign(rows, { shape: [null, null, 3] });
        return model({ inputs, outputs: dense().apply(unknown) as SymbolicTensor });
      },
      message: 'model: expected an output of known shape',
    },
    {
      what: 'no trainable weight',
      build: () => {
        const built = withLayers();
        built.trainable = false;
        return built;
      },
      message: 'model: expected a weight that can be trained, found none',
    },
    {
      what: 'an activity regularizer',
      build: () => {
        const built = withLayers(layers.dense({ name: 'inner', units: 2 }));
        // TensorFlow.js builds no model with one; what is added afterwards it does not see.
        Object.assign(built.getLayer('inner'), { activityRegularizer: regularizers.l2({ l2: 1 }) });
        return built;
      },
      message: 'model: inner (Dense): expected no activity regularizer',
    },
    {
      what: 'the Dropout of TensorFlow.js, seeded or not',
      ...drawing(layers.dropout({ name: 'drop', rate: 0.5, seed: 1 })),
    },
    {
      what: 'a noise layer of another copy of @dropout-lab/model',
      build: () => {
        const other = layers.dropout({ name: 'drop', rate: 0.5 });
        return withLayers(Object.assign(other, { position: { step: 0, rowOffset: 0 } }));
      },
      message:
        'found the layer of another copy of @dropout-lab/model: install one copy (npm ls @dropout-lab/model)',
    },
    {
      what: 'its SpatialDropout1D',
      build: () => sequences(layers.spatialDropout1d({ name: 'drop', rate: 0.5 }), layers.flatten()),
      message: 'model: drop (SpatialDropout1D): expected random numbers that depend on a seed and the step',
    },
    {
      what: 'its GaussianNoise',
      ...drawing(layers.gaussianNoise({ name: 'noise', stddev: 0.1 })),
    },
    {
      what: 'its GaussianDropout',
      ...drawing(layers.gaussianDropout({ name: 'drop', rate: 0.1 })),
    },
    {
      what: 'its AlphaDropout',
      ...drawing(layers.alphaDropout({ name: 'drop', rate: 0.1 })),
    },
    {
      what: 'the same within a nested model',
      build: () =>
        withLayers(
          sequential({
            name: 'inner',
            layers: [layers.dropout({ name: 'drop', rate: 0.1, inputShape: [4, 4, 2] })],
          }),
        ),
      message: 'model: inner/drop (Dropout): expected random numbers that depend on a seed and the step',
    },
    {
      what: 'the same within a TimeDistributed layer',
      build: () =>
        sequences(
          layers.timeDistributed({ name: 'each', layer: layers.dropout({ name: 'drop', rate: 0.1 }) }),
          layers.flatten(),
        ),
      message: 'model: each/drop (Dropout): expected random numbers that depend on a seed and the step',
    },
    {
      what: 'dropout within a recurrent cell',
      build: () => sequences(layers.lstm(rnn({ recurrentDropout: 0.1 }))),
      message: 'expected no dropout within a recurrent cell',
    },
    {
      what: 'a recurrent layer that carries its state from batch to batch (`stateful`)',
      build: () => {
        const steps = layers.reshape({ targetShape: [12, 6], batchInputShape: [SIZE, 6, 6, 2] });
        return sequential({ layers: [steps, layers.simpleRNN(rnn({ stateful: true })), dense()] });
      },
      message:
        'model: rnn (SimpleRNN): expected batches that do not depend on each other, found stateful: true',
    },
    {
      what: 'a dilated convolution',
      build: () => sequential({ layers: [conv({ dilationRate: 2 }), layers.flatten(), dense()] }),
      message: 'model: conv (Conv2D): expected a gradient on the backend',
    },
    {
      what: 'ThresholdedReLU after a trained layer',
      build: () => withLayers(layers.thresholdedReLU({ name: 'step' })),
      message: 'model: step (ThresholdedReLU): expected a gradient on the backend',
    },
    {
      what: 'a custom layer without a gradient, after a trained one',
      build: () => withLayers(new Rounding({ name: 'round' })),
      message: 'model: round (Rounding): expected a gradient on the backend',
    },
    ...([1, 2, 3] as const).map((dims): RefusedCase => {
      const pools = [layers.averagePooling1d, layers.averagePooling2d, layers.averagePooling3d] as const;
      const targetShape = [
        [16, 2],
        [4, 4, 2],
        [2, 2, 4, 2],
      ][dims - 1]!;
      return {
        what: `AveragePooling${dims}D with padding same, whose gradient is wrong in TensorFlow.js, on cpu`,
        build: () =>
          withLayers(layers.reshape({ targetShape }), pools[dims - 1]!({ name: 'pool', padding: 'same' })),
        message: `model: pool (AveragePooling${dims}D): expected the gradient of Keras on the backend`,
        backends: ['cpu'],
      };
    }),
    {
      what: 'UpSampling2D by nearest neighbours, whose gradient is wrong in TensorFlow.js, on cpu',
      build: () => withLayers(layers.upSampling2d({ name: 'up' })),
      message: 'model: up (UpSampling2D): expected the gradient of Keras on the backend cpu',
      backends: ['cpu'],
    },
    {
      what: 'a mask at a layer that respects it in Keras only, such as GlobalAveragePooling1D',
      build: () => sequences(layers.masking(), layers.globalAveragePooling1d({ name: 'mean' })),
      message: 'model: mean (GlobalAveragePooling1D): expected an input without a mask, found one',
    },
    {
      what: 'one of several outputs of a nested model as the output, where a crossentropy needs its softmax',
      build: () => {
        const { inputs, outputs } = ofSecondOutput();
        return model({ inputs, outputs });
      },
      message: 'found one that ends in inner (',
    },
    {
      what: 'a weight that the output does not depend on',
      build: () => {
        const { inputs, outputs } = ofSecondOutput();
        return model({ inputs, outputs: dense({ name: 'last' }).apply(outputs) as SymbolicTensor });
      },
      message: 'expected a weight that the output depends on, found that it has no gradient',
      when: 'batch',
    },
    {
      what: 'an output that carries a mask',
      build: () =>
        sequential({
          layers: [
            layers.reshape({ targetShape: [12, 6], inputShape: [6, 6, 2] }),
            layers.masking(),
            layers.simpleRNN(rnn({ returnSequences: true })),
            dense({ name: 'last' }),
          ],
        }),
      batch: () => ({ labels: new Uint8Array(SIZE * 12) }),
      message: 'model: expected an output without a mask, found one at last',
    },
  ],
};
