import {
  input,
  type LayersModel,
  layers,
  model,
  regularizers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import type reference from '../../fixtures/models_reference.json';

/** The name of a model that has been trained in Keras. */
export type CaseOfKeras = keyof typeof reference;

const l2 = (factor: number) => regularizers.l2({ l2: factor });
const softmax = () => layers.dense({ name: 'dense', units: 3, activation: 'softmax' });
const dense = (units: number, activation: 'linear' | 'softmax' | 'sigmoid') =>
  sequential({
    layers: [
      layers.dense({ name: 'hidden', units: 5, activation: 'tanh', inputShape: [4] }),
      layers.dense({ name: 'dense', units, activation }),
    ],
  });
// Keras's initializer, orthogonal, needs operations that this package does not load; its values are replaced.
const rnn = (returnSequences: boolean, more: { inputShape?: number[] } = {}) =>
  layers.simpleRNN({ name: 'rnn', units: 4, returnSequences, recurrentInitializer: 'zeros', ...more });
const steps = (units: number, activation: 'linear' | 'softmax') =>
  sequential({
    layers: [rnn(true, { inputShape: [5, 2] }), layers.dense({ name: 'dense', units, activation })],
  });
const regularized = () =>
  sequential({
    layers: [
      layers.conv2d({
        name: 'conv',
        filters: 3,
        kernelSize: 2,
        activation: 'relu',
        kernelRegularizer: l2(0.05),
        biasRegularizer: regularizers.l1({ l1: 0.1 }),
        inputShape: [4, 4, 2],
      }),
      layers.flatten({ name: 'flat' }),
      layers.dense({
        name: 'dense',
        units: 3,
        activation: 'softmax',
        kernelRegularizer: regularizers.l1l2({ l1: 0.01, l2: 0.02 }),
      }),
    ],
  });
const normalized = () =>
  sequential({
    layers: [
      layers.conv2d({ name: 'conv', filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
      layers.batchNormalization({ name: 'norm', momentum: 0.9 }),
      layers.activation({ name: 'relu', activation: 'relu' }),
      layers.flatten({ name: 'flat' }),
      softmax(),
    ],
  });
const frozen = (built: LayersModel, name: string) => {
  built.getLayer(name).trainable = false;
  return built;
};
const functional = (through: (inputs: SymbolicTensor) => unknown) => {
  const inputs = input({ shape: [4] });
  return model({ inputs, outputs: softmax().apply(through(inputs) as SymbolicTensor) as SymbolicTensor });
};
const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]) => layer.apply(x) as SymbolicTensor;

/** The same models in TensorFlow.js. */
export const builders: { readonly [Name in CaseOfKeras]: () => LayersModel } = {
  regularized,
  frozenRegularized: () => frozen(regularized(), 'conv'),
  normalized,
  frozenNormalized: () => frozen(normalized(), 'norm'),
  masked: () =>
    sequential({
      layers: [layers.masking({ name: 'mask', maskValue: 0, inputShape: [5, 2] }), rnn(false), softmax()],
    }),
  nested: () =>
    sequential({
      layers: [
        sequential({
          name: 'inner',
          layers: [
            layers.dense({
              name: 'inside',
              units: 5,
              activation: 'tanh',
              kernelRegularizer: l2(0.1),
              inputShape: [6],
            }),
          ],
        }),
        softmax(),
      ],
    }),
  shared: () =>
    functional((inputs) => {
      const both = layers.dense({ name: 'both', units: 4, activation: 'tanh', kernelRegularizer: l2(0.1) });
      return apply(both, apply(both, inputs));
    }),
  usedTwice: () => {
    const relu = layers.reLU({ name: 'relu' });
    const built = sequential();
    built.add(layers.dense({ name: 'first', units: 4, inputShape: [4] }));
    built.add(relu);
    built.add(layers.dense({ name: 'second', units: 4 }));
    built.add(relu);
    built.add(softmax());
    return built;
  },
  sharedWithNested: () =>
    functional((inputs) => {
      const both = layers.dense({ name: 'both', units: 4, kernelRegularizer: l2(0.1) });
      const within = input({ shape: [4] });
      const inner = model({ name: 'inner', inputs: within, outputs: apply(both, within) });
      return apply(both, inner.apply(inputs) as SymbolicTensor);
    }),
  frozenWithin: () =>
    frozen(
      sequential({
        layers: [
          layers.timeDistributed({
            name: 'norm',
            layer: layers.batchNormalization({ momentum: 0.5 }),
            inputShape: [5, 2],
          }),
          layers.flatten({ name: 'flat' }),
          softmax(),
        ],
      }),
      'norm',
    ),
  words: () =>
    sequential({
      layers: [
        layers.embedding({ name: 'words', inputDim: 7, outputDim: 3, inputLength: 5 }),
        layers.flatten({ name: 'flat' }),
        softmax(),
      ],
    }),
  branches: () =>
    functional((inputs) => {
      const left = apply(layers.dense({ name: 'left', units: 3, activation: 'relu' }), inputs);
      const right = apply(layers.dense({ name: 'right', units: 3, activation: 'sigmoid' }), inputs);
      const product = apply(layers.multiply({ name: 'product' }), [left, right]);
      return apply(layers.concatenate({ name: 'join' }), [left, product]);
    }),
  layered: () =>
    sequential({
      layers: [
        layers.zeroPadding2d({ name: 'pad', padding: 1, inputShape: [6, 6, 2] }),
        layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3, strides: 2, useBias: false }),
        layers.layerNormalization({ name: 'norm' }),
        layers.leakyReLU({ name: 'leaky', alpha: 0.3 }),
        layers.averagePooling2d({ name: 'pool', poolSize: 2, strides: 1 }),
        layers.globalAveragePooling2d({ name: 'mean' }),
        softmax(),
      ],
    }),
  regression: () => dense(1, 'linear'),
  severalNumbers: () => dense(3, 'linear'),
  huber: () => dense(2, 'linear'),
  binary: () => dense(1, 'sigmoid'),
  severalLabels: () => dense(3, 'sigmoid'),
  mixedClasses: () => dense(3, 'softmax'),
  sampleWeights: () => dense(3, 'softmax'),
  classWeight: () => dense(3, 'softmax'),
  binaryClassWeight: () => dense(1, 'sigmoid'),
  squaredProbabilities: () => dense(3, 'softmax'),
  stepsOfClasses: () => steps(3, 'softmax'),
  stepsOfNumbers: () => steps(2, 'linear'),
};

/** The property of Keras that each model shows to be honoured. */
export const honoured: { readonly [Name in CaseOfKeras]: string } = {
  regularized: 'L1 and L2 regularizers of kernels and biases, in loss and gradient',
  frozenRegularized: 'the same where the layer is frozen: no penalty',
  normalized: 'batch normalization: statistics of the batch in training, moving ones otherwise',
  frozenNormalized: 'frozen batch normalization: moving statistics, which stay as they are',
  masked: 'masks that Masking and Embedding make for recurrent layers',
  nested: 'nested models, their regularizers included',
  shared: 'a layer that is used twice, its penalty counted once',
  usedTwice: 'a layer that a Sequential model has in two places',
  sharedWithNested: 'a layer that a model shares with one nested in it, updated once',
  frozenWithin: 'batch normalization that is frozen within a TimeDistributed layer',
  words: 'indices of words, as bytes, for an Embedding',
  branches: 'branches that join',
  layered: 'strides, padding, no bias, layer normalization, LeakyReLU, average and global pooling',
  regression: 'regression by mean squared error',
  severalNumbers: 'several numbers by mean absolute error',
  huber: "Huber's loss",
  binary: 'two classes by binary crossentropy behind a sigmoid',
  severalLabels: 'several labels at once by binary crossentropy',
  mixedClasses: 'targets that mix classes',
  sampleWeights: 'sample weights, in training and validation',
  classWeight: 'class weights, in training',
  binaryClassWeight: 'class weights of two classes and one output',
  squaredProbabilities: 'a loss of numbers behind a softmax, class indices as one-hot rows',
  stepsOfClasses: 'sequences with a class for each step',
  stepsOfNumbers: 'sequences of numbers',
};
