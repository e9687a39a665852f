import type { Batch, BatchSource, RunConfigInput, Targets } from '@dropout-lab/contracts';
import { Dropout } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  regularizers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { createReplica, defineCallback, type TrainingEvent, type TrainOptions, train } from '../index.ts';
import { configOf } from '../testing.ts';

/** Something that cannot be honoured: what it is, for the page, and the sentence that says so. */
export interface RefusedCase {
  readonly what: string;
  readonly build?: () => LayersModel;
  readonly source?: Partial<BatchSource>;
  /** Of the source's only batch. */
  readonly batch?: (batch: Batch) => Partial<Record<keyof Batch, unknown>>;
  readonly options?: Partial<TrainOptions>;
  /** The gradients are of another model. */
  readonly withOtherReplica?: true;
  readonly config?: Partial<TrainOptions['config']> | RunConfigInput;
  readonly message: string;
  /** Where it is refused; everywhere when left out. */
  readonly backends?: readonly string[];
  /** Refused once something could be looked at: the first batch, the end of the first epoch. */
  readonly when?: 'batch' | 'epoch';
}

export interface RefusedGroup {
  readonly title: string;
  readonly cases: readonly RefusedCase[];
}

const SIZE = 4;
/** Images of 6 by 6 by 2, classes 0 to 2. */
const source: BatchSource = {
  size: SIZE,
  batchSize: SIZE,
  batchesPerEpoch: 1,
  imageShape: [6, 6, 2],
  batch: () => ({
    images: Float32Array.from({ length: SIZE * 72 }, (_, i) => (i % 17) / 17),
    labels: Uint8Array.of(0, 1, 2, 1),
    size: SIZE,
  }),
};

const seeded = (seed: number) => initializers.glorotUniform({ seed });
const conv = (more: object = {}) =>
  layers.conv2d({
    name: 'conv',
    filters: 2,
    kernelSize: 3,
    inputShape: [6, 6, 2],
    kernelInitializer: seeded(1),
    ...more,
  });
const dense = (more: object = {}) =>
  layers.dense({ name: 'dense', units: 3, activation: 'softmax', kernelInitializer: seeded(2), ...more });
/** A convolution, then these layers, then a classifier. */
const withLayers = (...between: layers.Layer[]) =>
  sequential({ layers: [conv(), ...between, layers.flatten(), dense()] });
const endingIn = (...last: layers.Layer[]) => sequential({ layers: [conv(), layers.flatten(), ...last] });
/** A classifier of sequences of 12 steps of 6 numbers. */
const sequences = (...inner: layers.Layer[]) =>
  sequential({
    layers: [layers.reshape({ targetShape: [12, 6], inputShape: [6, 6, 2] }), ...inner, dense()],
  });
const rnn = (more: object = {}) => ({
  name: 'rnn',
  units: 2,
  recurrentInitializer: 'zeros' as const,
  ...more,
});
const compiled = (args: Partial<Parameters<LayersModel['compile']>[0]>) => () => {
  const built = withLayers();
  built.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', ...args });
  return built;
};
const labelled = (labels: unknown): Pick<RefusedCase, 'batch' | 'when'> => ({
  batch: () => ({ labels }),
  when: 'batch',
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

const whenGoodEnough = defineCallback({
  name: 'good_enough',
  settings: {},
  create: () => ({ monitor: 'top3' }),
});

const drawing = (layer: layers.Layer): Pick<RefusedCase, 'build' | 'message'> => ({
  build: () => withLayers(layer),
  message: `model: ${layer.name} (${layer.getClassName()}): expected random numbers that follow from a seed and the step`,
});

export const refused: readonly RefusedGroup[] = [
  {
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
        what: 'an output whose size is not known',
        build: () => {
          const inputs = input({ shape: [6, 6, 2] });
          const rows = layers.reshape({ targetShape: [-1, 3] }).apply(inputs) as SymbolicTensor;
          const unknown = rows.shape.includes(-1) ? rows : Object.assign(rows, { shape: [null, null, 3] });
          return model({ inputs, outputs: dense().apply(unknown) as SymbolicTensor });
        },
        message: 'model: expected an output of known shape',
      },
      {
        what: 'no weight that is trainable',
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
        message:
          'model: drop (SpatialDropout1D): expected random numbers that follow from a seed and the step',
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
        message: 'model: inner/drop (Dropout): expected random numbers that follow from a seed and the step',
      },
      {
        what: 'the same within a TimeDistributed layer',
        build: () =>
          sequences(
            layers.timeDistributed({ name: 'each', layer: layers.dropout({ name: 'drop', rate: 0.1 }) }),
            layers.flatten(),
          ),
        message: 'model: each/drop (Dropout): expected random numbers that follow from a seed and the step',
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
        what: 'ThresholdedReLU behind a trained layer',
        build: () => withLayers(layers.thresholdedReLU({ name: 'step' })),
        message: 'model: step (ThresholdedReLU): expected a gradient on the backend',
      },
      ...(['depthwiseConv2d', 'separableConv2d'] as const).map(
        (kind): RefusedCase => ({
          what: `${kind}, on wasm`,
          build: () => withLayers(layers[kind]({ name: 'apart', filters: 2, kernelSize: 2 })),
          message: `model: apart (${kind[0]!.toUpperCase()}${kind.slice(1).replace('2d', '2D')}): expected a gradient on the backend wasm, found none (Kernel`,
          backends: ['wasm'],
        }),
      ),
      {
        what: 'an Embedding, on wasm',
        build: () =>
          sequential({
            layers: [
              layers.flatten({ inputShape: [6, 6, 2] }),
              layers.embedding({ name: 'words', inputDim: 2, outputDim: 2 }),
              layers.flatten(),
              dense(),
            ],
          }),
        message: 'model: words (Embedding): expected a gradient on the backend wasm',
        backends: ['wasm'],
      },
      {
        what: 'a layer of your own without a gradient, behind a trained one',
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
          what: `AveragePooling${dims}D with padding same, whose gradient TensorFlow.js has wrong, on cpu and wasm`,
          build: () =>
            withLayers(layers.reshape({ targetShape }), pools[dims - 1]!({ name: 'pool', padding: 'same' })),
          message: `model: pool (AveragePooling${dims}D): expected the gradient of Keras on the backend`,
          backends: ['cpu', 'wasm'],
        };
      }),
      {
        what: 'UpSampling2D by nearest neighbours, whose gradient TensorFlow.js has wrong, on cpu',
        build: () => withLayers(layers.upSampling2d({ name: 'up' })),
        message: 'model: up (UpSampling2D): expected the gradient of Keras on the backend cpu',
        backends: ['cpu'],
      },
      {
        what: 'a mask that reaches a layer which heeds it in Keras alone, such as GlobalAveragePooling1D',
        build: () => sequences(layers.masking(), layers.globalAveragePooling1d({ name: 'mean' })),
        message:
          'model: mean (GlobalAveragePooling1D): expected an input of which every step counts, found a mask',
      },
      {
        what: 'an end in one of several outputs of a nested model, where a crossentropy needs its softmax',
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
        message: 'expected a weight that the output depends on, found none of its gradient',
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
        message: 'model: expected an output of which every step counts, found a mask at last',
      },
    ],
  },
  {
    title: 'Of a loss, and of what a model was compiled with',
    cases: [
      {
        what: 'categorical crossentropy behind anything but a softmax over classes, or a Dense layer without activation',
        build: () => endingIn(dense({ activation: 'relu' })),
        message:
          'loss: categorical_crossentropy: expected a model that ends in a softmax over classes, or in a Dense layer without activation, found one that ends in dense (Dense relu)',
      },
      {
        what: 'the same behind a sigmoid',
        build: () => endingIn(dense({ activation: 'sigmoid' })),
        message: 'found one that ends in dense (Dense sigmoid): change its end, or the loss',
      },
      {
        what: 'binary crossentropy behind a softmax, whose logits Keras takes for those of a sigmoid',
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
        what: 'a compiled loss that there is not here',
        build: compiled({ loss: 'poisson' }),
        config: { loss: undefined },
        message: 'found "poisson": give train the loss, as config.loss',
      },
      {
        what: 'a compiled loss that is a function',
        build: compiled({ loss: (a: tf.Tensor, b: tf.Tensor) => tf.sub(a, b) }),
        config: { loss: undefined },
        message: 'found a function loss: give train the loss, as config.loss',
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
        message: 'found Adam with 0.01: give both alike, or do not compile the model',
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
        what: 'a loss of your own that is not one number for each row',
        config: { loss: { name: 'mine', rows: (targets) => tf.mean(targets) } },
        message: 'loss: mine: expected a loss for each of 4 rows, found shape []',
        when: 'batch',
      },
    ],
  },
  {
    title: 'Of batches',
    cases: [
      {
        what: 'classes counted from 1',
        ...labelled(Uint8Array.of(1, 2, 3, 1)),
        message:
          'train: batch 1 of epoch 1: labels: expected classes from 0 to 2 as the model has 3 units, found 3 at place 2',
      },
      {
        what: 'a class that the model has no unit for',
        ...labelled(Uint8Array.of(0, 7, 1, 2)),
        message: 'found 7 at place 1: count classes from 0',
      },
      { what: 'a class below 0', ...labelled(Int32Array.of(0, 1, 2, -1)), message: 'found -1 at place 3' },
      {
        what: 'a class above 255 of 3',
        ...labelled(Uint16Array.of(256, 1, 2, 1)),
        message: 'found 256 at place 0',
      },
      {
        what: 'a label too few',
        ...labelled(Uint8Array.of(0, 1, 2)),
        message: 'labels: expected 4 class indices for 4 images and outputs of shape [3], found 3',
      },
      {
        what: 'labels that are no typed array',
        ...labelled([0, 1, 2, 1]),
        message:
          'labels: expected class indices in a Uint8Array, Uint16Array or Int32Array, or numbers in a Float32Array, found Array of 4',
      },
      {
        what: 'labels in the shape of no output',
        ...labelled(new Float32Array(8)),
        message: 'labels: expected 12 numbers for 4 images and outputs of shape [3], found 8',
      },
      {
        what: 'a target that is not finite',
        ...labelled(Float32Array.from({ length: 12 }, (_, i) => (i === 5 ? Number.NaN : 0))),
        message: 'labels: expected finite numbers, found NaN at place 5',
      },
      {
        what: 'a class above 1 for yes and no',
        build: () => endingIn(dense({ units: 1, activation: 'sigmoid' })),
        config: { loss: { name: 'binary_crossentropy', labelSmoothing: 0 } },
        ...labelled(Uint8Array.of(0, 1, 2, 1)),
        message:
          'labels: expected classes from 0 to 1 as the model has one unit for yes and no, found 2 at place 2',
      },
      {
        what: 'targets of binary crossentropy beyond 0 to 1',
        build: () => endingIn(dense({ units: 2, activation: 'sigmoid' })),
        config: { loss: { name: 'binary_crossentropy', labelSmoothing: 0 } },
        ...labelled(Float32Array.of(0, 1, 1, 0, -1, 1, 0, 0)),
        message: 'labels: expected numbers from 0 to 1 for binary_crossentropy, found -1 at place 4',
      },
      {
        what: 'images that are neither bytes nor floats',
        batch: ({ images }) => ({ images: Int32Array.from(images) }),
        message:
          'images: expected bytes in a Uint8Array or numbers in a Float32Array, found Int32Array of 288',
        when: 'batch',
      },
      {
        what: 'images that are neither bytes nor floats',
        batch: ({ images }) => ({ images: Int32Array.from(images) }),
        message:
          'images: expected bytes in a Uint8Array or numbers in a Float32Array, found Int32Array of 288',
        when: 'batch',
      },
      {
        what: 'images that are missing',
        batch: ({ images }) => ({ images: (images as Float32Array).slice(72) }),
        message: 'images: expected 288 numbers for 4 images of shape [6,6,2], found 216',
        when: 'batch',
      },
      {
        what: 'a pixel that is not finite',
        batch: ({ images }) => ({
          images: (images as Float32Array).map((x, i) => (i === 100 ? Number.NaN : x)),
        }),
        message: 'images: expected finite numbers, found NaN in image 1',
        when: 'batch',
      },
      {
        what: 'fewer images than the place of the batch says',
        batch: ({ images }) => ({
          images: (images as Float32Array).slice(72),
          labels: Uint8Array.of(0, 1, 2),
          size: 3,
        }),
        message: 'expected 4 images as its place says, found 3',
        when: 'batch',
      },
      {
        what: 'more images than the place of the batch says',
        source: { size: 3 },
        message: 'expected 3 images as its place says, found 4',
        when: 'batch',
      },
      {
        what: 'weights of another number of images',
        batch: () => ({ sampleWeights: new Float32Array(3) }),
        message: 'sampleWeights: expected a Float32Array of 4 numbers, found Float32Array of 3',
        when: 'batch',
      },
      {
        what: 'a weight that is not finite',
        batch: () => ({ sampleWeights: Float32Array.of(1, 1, Number.POSITIVE_INFINITY, 1) }),
        message: 'sampleWeights: expected finite numbers, found Infinity for image 2',
        when: 'batch',
      },
      {
        what: 'images in another shape, as many numbers though they are',
        source: { imageShape: [2, 6, 6] },
        message: "train: expected images of shape [6,6,2] as the model's input, found [2,6,6]",
      },
      {
        what: 'a number of batches that does not follow from the number of images',
        source: { batchesPerEpoch: 2 },
        message:
          'train: expected ceil(size / batchSize) batches in an epoch, found 2 for 4 images in batches of 4',
      },
      {
        what: 'a source without images',
        source: { size: 0, batchesPerEpoch: 0 },
        message: 'found 0 for 0 images in batches of 4',
      },
    ],
  },
  {
    title: 'Of a configuration',
    cases: [
      {
        what: 'early stopping on validation without validation images',
        config: {
          callbacks: [
            {
              name: 'early_stopping',
              monitor: 'val_loss',
              patience: 0,
              minDelta: 0,
              restoreBestWeights: false,
            },
          ],
        },
        message:
          'callbacks: early_stopping: expected a metric that is measured (loss, accuracy), found val_loss, and no validation images: give some, or watch loss',
      },
      {
        what: 'a callback that watches a metric that there is not',
        options: { callbacks: [whenGoodEnough()] },
        message: 'callbacks: good_enough: expected a metric that is measured (loss, accuracy), found top3',
      },
      {
        what: 'a callback that watches the accuracy of a regression',
        build: () => endingIn(dense({ units: 1, activation: 'linear' })),
        config: {
          loss: { name: 'mean_squared_error' },
          callbacks: [
            {
              name: 'early_stopping',
              monitor: 'accuracy',
              patience: 0,
              minDelta: 0,
              restoreBestWeights: false,
            },
          ],
        },
        batch: () => ({ labels: new Float32Array(4) }),
        message: 'callbacks: early_stopping: expected a metric that is measured (loss), found accuracy',
        when: 'epoch',
      },
      {
        what: 'class weights that are not one for each class',
        config: { classWeight: [1, 2] },
        message: 'classWeight: expected 3 numbers of at least 0, one for each class, found [1,2]',
      },
      {
        what: 'class weights where targets are no classes',
        config: { classWeight: [1, 2, 3] },
        batch: () => ({ labels: new Float32Array(12).fill(1 / 3) }),
        message: 'classWeight: expected class indices as labels, found numbers',
        when: 'batch',
      },
      {
        what: 'class weights where each step of a sequence has a class, or of a regression',
        build: () =>
          sequential({
            layers: [layers.reshape({ targetShape: [12, 6], inputShape: [6, 6, 2] }), dense()],
          }),
        config: { classWeight: [1, 2, 3] },
        message:
          'classWeight: expected a model that answers one class for each image, found outputs of shape [12,3]',
      },
      {
        what: 'a number of epochs that is none',
        config: { epochs: Number.NaN },
        message: 'epochs: expected a whole number above 0, found NaN',
      },
      {
        what: 'a replica of another model',
        withOtherReplica: true,
        message: 'replica: expected one of the model that is trained',
      },
      {
        what: 'a learning rate that is no number',
        config: { schedule: () => Number.NaN },
        message: 'schedule: expected a learning rate of at least 0 for step 1, found NaN',
        when: 'batch',
      },
    ],
  },
];

/** Trains what a case says; rejects when it is refused. */
export const startCase = async (one: RefusedCase, built: LayersModel): Promise<TrainingEvent[]> => {
  const batches: BatchSource<Targets> = {
    ...source,
    ...one.source,
    batch: async (epoch, index) => {
      const batch = await source.batch(epoch, index);
      return { ...batch, ...(one.batch?.(batch) as Partial<Batch>) };
    },
  };
  const config = { ...configOf({ epochs: 1 }), loss: undefined, ...one.config } as TrainOptions['config'];
  const other = one.withOtherReplica && modelOf(one);
  const options = { ...one.options, ...(other && { replica: createReplica(other) }) };
  const events: TrainingEvent[] = [];
  try {
    for await (const event of train({ model: built, config, train: batches, ...options })) events.push(event);
  } finally {
    other?.dispose();
  }
  return events;
};

/** The model of a case. */
export const modelOf = (one: RefusedCase): LayersModel => (one.build ?? withLayers)();

/** A model with our own layer in the place of one that is refused. */
export const withOurDropout = (): LayersModel => withLayers(new Dropout({ rate: 0.5, seed: 1 }));
