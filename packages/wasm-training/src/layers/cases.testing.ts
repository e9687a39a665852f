import { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** A layer of TensorFlow.js's, alone in a model. */
export interface LayerCase {
  /** As `getClassName` returns it, with what is set in parentheses where that matters. */
  readonly name: string;
  /** Shape of one input, without the batch. */
  readonly shape: readonly number[];
  readonly create: () => Layer;
  /** How many inputs the layer takes; 1 by default. */
  readonly inputs?: number;
  /** Inputs are whole numbers below this. */
  readonly indices?: number;
  /** TensorFlow.js has no gradient of its inputs on any backend: it trains where no layer before it does. */
  readonly firstOnly?: true;
  /** Draws other numbers at each call, so that gradients cannot be compared. */
  readonly random?: true;
  /**
   * The gradient is compared with finite differences instead of cpu's. For layers that are linear, or piecewise with inputs
   * far enough from the next piece.
   */
  readonly wrongOnCpu?: true;
}

const image = [8, 6, 5];
const steps = [7, 5];
const volume = [5, 6, 4, 3];

const recurrent = { units: 4, returnSequences: true } as const;

const simple: readonly LayerCase[] = [
  { name: 'Dense', shape: [9], create: () => layers.dense({ units: 13 }) },
  {
    name: 'Embedding',
    shape: [7],
    indices: 11,
    firstOnly: true,
    create: () => layers.embedding({ inputDim: 11, outputDim: 5 }),
  },
  {
    name: 'Conv1D',
    shape: steps,
    create: () => layers.conv1d({ filters: 13, kernelSize: 3, padding: 'same' }),
  },
  { name: 'Conv2D', shape: image, create: () => layers.conv2d({ filters: 13, kernelSize: 3, strides: 2 }) },
  {
    name: 'Conv2D (dilationRate 2)',
    shape: image,
    create: () => layers.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2 }),
  },
  {
    name: 'Conv2DTranspose',
    shape: image,
    create: () => layers.conv2dTranspose({ filters: 7, kernelSize: 3, strides: 2 }),
  },
  { name: 'Conv3D', shape: volume, create: () => layers.conv3d({ filters: 4, kernelSize: 2 }) },
  {
    name: 'Conv3DTranspose',
    shape: volume,
    create: () => layers.conv3dTranspose({ filters: 4, kernelSize: 2, strides: 2 }),
  },
  {
    name: 'DepthwiseConv2D',
    shape: image,
    create: () => layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
  },
  {
    name: 'DepthwiseConv2D (depthMultiplier 2, strides 2)',
    shape: image,
    create: () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2 }),
  },
  {
    name: 'SeparableConv2D',
    shape: image,
    create: () => layers.separableConv2d({ filters: 7, kernelSize: 3 }),
  },
  { name: 'SimpleRNN', shape: steps, create: () => layers.simpleRNN(recurrent) },
  { name: 'GRU', shape: steps, create: () => layers.gru(recurrent) },
  { name: 'LSTM', shape: steps, create: () => layers.lstm(recurrent) },
  {
    name: 'RNN (StackedRNNCells)',
    shape: steps,
    create: () =>
      layers.rnn({
        cell: layers.stackedRNNCells({
          cells: [
            layers.gruCell({ units: 3 }),
            layers.lstmCell({ units: 4 }),
            layers.simpleRNNCell({ units: 2 }),
          ],
        }),
      }) as Layer,
  },
  {
    name: 'ConvLSTM2D',
    shape: [3, 5, 5, 2],
    create: () => layers.convLstm2d({ filters: 3, kernelSize: 3 }) as Layer,
  },
  {
    name: 'Bidirectional (GRU)',
    shape: steps,
    create: () =>
      layers.bidirectional({ layer: layers.gru({ units: 3 }) as layers.RNN, mergeMode: 'concat' }),
  },
  {
    name: 'TimeDistributed (Dense)',
    shape: steps,
    create: () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
  },
  { name: 'BatchNormalization', shape: image, create: () => layers.batchNormalization() },
  { name: 'LayerNormalization', shape: image, create: () => layers.layerNormalization() },
  { name: 'AveragePooling1D', shape: steps, create: () => layers.averagePooling1d({ poolSize: 2 }) },
  {
    name: 'AveragePooling1D (padding same)',
    shape: steps,
    wrongOnCpu: true,
    create: () => layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
  },
  { name: 'AveragePooling2D', shape: image, create: () => layers.averagePooling2d({ poolSize: 2 }) },
  {
    name: 'AveragePooling2D (padding same)',
    shape: image,
    wrongOnCpu: true,
    create: () => layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  },
  { name: 'AveragePooling3D', shape: volume, create: () => layers.averagePooling3d({ poolSize: 2 }) },
  {
    name: 'AveragePooling3D (padding same)',
    shape: volume,
    wrongOnCpu: true,
    create: () => layers.averagePooling3d({ poolSize: 3, strides: 2, padding: 'same' }),
  },
  { name: 'MaxPooling1D', shape: steps, create: () => layers.maxPooling1d({ poolSize: 2 }) },
  { name: 'MaxPooling2D', shape: image, create: () => layers.maxPooling2d({ poolSize: 2 }) },
  { name: 'MaxPooling3D', shape: volume, create: () => layers.maxPooling3d({ poolSize: 2 }) },
  {
    name: 'MaxPooling3D (overlapping)',
    shape: volume,
    create: () => layers.maxPooling3d({ poolSize: 3, strides: 2, padding: 'same' }),
  },
  { name: 'GlobalAveragePooling1D', shape: steps, create: () => layers.globalAveragePooling1d() },
  { name: 'GlobalAveragePooling2D', shape: image, create: () => layers.globalAveragePooling2d({}) },
  { name: 'GlobalMaxPooling1D', shape: steps, create: () => layers.globalMaxPooling1d({}) as Layer },
  { name: 'GlobalMaxPooling2D', shape: image, create: () => layers.globalMaxPooling2d({}) },
  { name: 'UpSampling2D', shape: image, wrongOnCpu: true, create: () => layers.upSampling2d({}) },
  {
    name: 'UpSampling2D (bilinear)',
    shape: image,
    wrongOnCpu: true,
    create: () => layers.upSampling2d({ interpolation: 'bilinear' }),
  },
  {
    name: 'Resizing',
    shape: image,
    wrongOnCpu: true,
    create: () => layers.resizing({ height: 5, width: 9 }),
  },
  {
    name: 'Resizing (nearest)',
    shape: image,
    wrongOnCpu: true,
    create: () => layers.resizing({ height: 5, width: 9, interpolation: 'nearest' }),
  },
  { name: 'ZeroPadding2D', shape: image, create: () => layers.zeroPadding2d({ padding: 2 }) },
  {
    name: 'Cropping2D',
    shape: image,
    create: () =>
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 1],
        ],
      }),
  },
  {
    name: 'CenterCrop',
    shape: image,
    firstOnly: true,
    create: () => layers.centerCrop({ height: 4, width: 4 }),
  },
  {
    name: 'RandomWidth',
    shape: image,
    random: true,
    create: () => layers.randomWidth({ factor: 0.5, seed: 3 }),
  },
  { name: 'Rescaling', shape: image, create: () => layers.rescaling({ scale: 0.5, offset: 1 }) },
  { name: 'Flatten', shape: image, create: () => layers.flatten() },
  { name: 'Reshape', shape: image, create: () => layers.reshape({ targetShape: [48, 5] }) },
  { name: 'Permute', shape: image, create: () => layers.permute({ dims: [3, 1, 2] }) },
  { name: 'RepeatVector', shape: [9], create: () => layers.repeatVector({ n: 3 }) },
  { name: 'Masking', shape: steps, firstOnly: true, create: () => layers.masking({ maskValue: 0 }) as Layer },
  {
    name: 'CategoryEncoding',
    shape: [7],
    indices: 11,
    firstOnly: true,
    create: () => layers.categoryEncoding({ numTokens: 11, outputMode: 'multiHot' }),
  },
  { name: 'Add', shape: image, inputs: 3, create: () => layers.add() },
  { name: 'Average', shape: image, inputs: 2, create: () => layers.average() },
  { name: 'Concatenate', shape: image, inputs: 2, create: () => layers.concatenate() },
  { name: 'Maximum', shape: image, inputs: 2, create: () => layers.maximum() },
  { name: 'Minimum', shape: image, inputs: 2, create: () => layers.minimum() },
  { name: 'Multiply', shape: image, inputs: 2, create: () => layers.multiply() },
  { name: 'Dot', shape: [9], inputs: 2, create: () => layers.dot({ axes: 1 }) as Layer },
  { name: 'Dropout', shape: image, create: () => layers.dropout({ rate: 0.5, seed: 3 }) },
  { name: 'SpatialDropout1D', shape: steps, create: () => layers.spatialDropout1d({ rate: 0.5, seed: 3 }) },
  { name: 'GaussianNoise', shape: image, random: true, create: () => layers.gaussianNoise({ stddev: 1 }) },
  {
    name: 'GaussianDropout',
    shape: image,
    random: true,
    create: () => layers.gaussianDropout({ rate: 0.5 }),
  },
  { name: 'AlphaDropout', shape: image, random: true, create: () => layers.alphaDropout({ rate: 0.5 }) },
  { name: 'ELU', shape: image, create: () => layers.elu() },
  { name: 'LeakyReLU', shape: image, create: () => layers.leakyReLU() },
  { name: 'PReLU', shape: image, create: () => layers.prelu() },
  { name: 'ReLU', shape: image, create: () => layers.reLU() },
  { name: 'Softmax', shape: [9], create: () => layers.softmax() },
  { name: 'ThresholdedReLU', shape: image, create: () => layers.thresholdedReLU() },
];

/** Names of activations, as TensorFlow.js has them. */
const activations = [
  ...['elu', 'gelu', 'gelu_new', 'hardSigmoid', 'linear', 'logSoftmax', 'mish', 'relu', 'relu6', 'selu'],
  ...['sigmoid', 'softmax', 'softplus', 'softsign', 'swish', 'tanh'],
] as const;

export const layerCases: readonly LayerCase[] = [
  ...simple,
  ...activations.map(
    (activation): LayerCase => ({
      name: `Activation (${activation})`,
      shape: image,
      create: () => layers.activation({ activation: activation as 'relu' }),
    }),
  ),
];
