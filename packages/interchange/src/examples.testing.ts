import type { LayerInput, ModelInput, ModelSpec, NamedArray } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';

const dense = (units: number): LayerInput => ({ kind: 'dense', units, activation: 'softmax' });

/** Models that other programs read; together they have every layer and every setting of one. */
const inputs = {
  tutorial: {
    inputShape: [12, 12, 3],
    filters: [2, 3],
    units: [4],
    maxNorm: { value: 0.5, axis: [0, 1, 2] },
  },
  'channels-first': {
    inputShape: [10, 9, 3],
    dataFormat: 'channels_first',
    filters: [3],
    units: [],
    numClasses: 4,
    dropout: { inputRate: 0.1, noiseShape: [null, 1, 1, null] },
  },
  layers: {
    inputShape: [9, 8, 3],
    numClasses: 5,
    layers: [
      { kind: 'normalization', mean: [0.5, 0.4, 0.3], variance: 0.06 },
      { kind: 'rescaling', scale: 2, offset: -0.5 },
      { kind: 'gaussian_noise', stddev: 0.1 },
      {
        kind: 'conv2d',
        name: 'first',
        filters: 8,
        kernelSize: 4,
        strides: 2,
        padding: 'same',
        useBias: false,
        activation: 'gelu',
        kernelInitializer: 'lecun_normal',
        kernelRegularizer: { name: 'l1', l1: 0.003 },
      },
      { kind: 'batch_normalization', momentum: 0.9, epsilon: 0.01, scale: false },
      { kind: 'spatial_dropout2d', rate: 0.25 },
      {
        kind: 'conv2d',
        filters: 6,
        kernelSize: 2,
        activation: 'leaky_relu',
        kernelInitializer: 'partial_dirac',
        kernelConstraint: { name: 'unit_norm', axis: [0, 1, 2] },
        kernelRegularizer: { name: 'l2' },
      },
      { kind: 'max_pooling2d', poolSize: 3, strides: 1, padding: 'same' },
      { kind: 'average_pooling2d', poolSize: 2, strides: 1, padding: 'same' },
      { kind: 'layer_normalization', epsilon: 0.01 },
      { kind: 'alpha_dropout', rate: 0.1, noiseShape: [null, 1, 1, null] },
      { kind: 'activation', activation: 'silu' },
      { kind: 'layer_normalization', scale: false },
      { kind: 'activation', activation: 'softmax' },
      { kind: 'batch_normalization', center: false },
      { kind: 'average_pooling2d', poolSize: 2, strides: 1 },
      { kind: 'flatten' },
      { kind: 'gaussian_dropout', rate: 0.2 },
      {
        kind: 'dense',
        units: 7,
        activation: 'selu',
        dropConnect: 0.2,
        kernelInitializer: 'pytorch_uniform',
        kernelRegularizer: { name: 'l1_l2', l1: 0.001, l2: 0.002 },
      },
      { kind: 'batch_normalization' },
      { kind: 'activation', activation: 'elu' },
      { kind: 'dense', units: 6, useBias: false, activation: 'softplus' },
      { kind: 'layer_normalization', center: false },
      { kind: 'dense', units: 6, activation: 'tanh', kernelInitializer: 'glorot_normal' },
      { kind: 'dropout', rate: 0.3 },
      { kind: 'dense', units: 5 },
      { kind: 'rescaling', scale: 0.5 },
      { kind: 'activation', activation: 'softmax' },
    ],
  },
  blocks: {
    inputShape: [8, 8, 3],
    numClasses: 5,
    layers: [
      { kind: 'conv2d', filters: 4, padding: 'same' },
      {
        kind: 'residual',
        layers: [
          { kind: 'conv2d', filters: 4, padding: 'same' },
          { kind: 'conv2d', filters: 5, padding: 'same' },
        ],
        shortcut: [{ kind: 'conv2d', filters: 5, kernelSize: 1, padding: 'same' }],
      },
      {
        kind: 'residual',
        layers: [
          {
            kind: 'residual',
            name: 'inner',
            layers: [{ kind: 'batch_normalization' }, { kind: 'conv2d', filters: 5, padding: 'same' }],
            shortcut: [{ kind: 'conv2d', filters: 5, kernelSize: 1 }],
            dropRate: 0.2,
          },
          { kind: 'activation' },
        ],
      },
      {
        kind: 'residual',
        layers: [{ kind: 'conv2d', filters: 6, strides: 2, padding: 'same' }],
        shortcut: [
          { kind: 'residual', layers: [{ kind: 'conv2d', filters: 5, padding: 'same' }] },
          { kind: 'max_pooling2d' },
          { kind: 'conv2d', filters: 6, kernelSize: 1 },
        ],
        dropRate: 0.5,
      },
      { kind: 'global_max_pooling2d' },
      { kind: 'residual', layers: [{ kind: 'dense', units: 6, activation: 'relu' }], dropRate: 0.1 },
      dense(5),
    ],
  },
  vgg: {
    preset: 'vgg',
    inputShape: [16, 16, 3],
    filters: [4, 6],
    units: [8],
    batchNormalization: 'before_activation',
    dropout: { rate: 0.2, denseRate: 0.5, kind: 'alpha_dropout' },
    dropConnect: 0.1,
  },
  airbench94: { preset: 'airbench94', inputShape: [32, 32, 3], filters: [4, 6, 6] },
  srivastava: { preset: 'srivastava', inputShape: [24, 24, 3], filters: [3, 4, 5], units: [6, 7] },
  // Keras has no name for the first activation.
  approximate: {
    inputShape: [6, 6, 2],
    numClasses: 3,
    layers: [
      { kind: 'conv2d', filters: 4, activation: 'gelu_approximate' },
      { kind: 'global_average_pooling2d' },
      dense(3),
    ],
  },
  logits: {
    inputShape: [5, 4, 1],
    numClasses: 3,
    layers: [
      { kind: 'global_average_pooling2d' },
      { kind: 'dense', units: 3, kernelInitializer: 'he_normal' },
    ],
  },
} satisfies Record<string, ModelInput>;

/** The name of a model that other programs read. */
export type ExampleName = keyof typeof inputs;

export const exampleNames = Object.keys(inputs) as ExampleName[];

/** A model, its weights, and images in its layout. */
export interface Example {
  readonly spec: ModelSpec;
  readonly weights: readonly NamedArray[];
  readonly images: { readonly shape: readonly number[]; readonly values: Float32Array };
}

/** Numbers from 0 to 1 that only look like random ones, the same on every machine. */
const scattered = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 7919 + seed * 104_729 + (i % 13) * 31) % 1009) / 1009);

const IMAGES = 8;

/** Returns a model none of whose variables has the value that it starts with, moving statistics included. */
export const exampleOf = async (name: ExampleName): Promise<Example> => {
  const spec = parseModelSpec(inputs[name] as ModelInput);
  const model = buildModel(spec, 16);
  const drawn = await readWeights(model);
  const shape = [IMAGES, ...(model.inputs[0]!.shape.slice(1) as number[])];
  model.dispose();
  const weights = drawn.map(({ name, shape, values }, i) => {
    const others = scattered(values.length, i);
    // Variances stay above 0, and kernels as large as they are drawn.
    const isKernel = name.endsWith('/kernel');
    return {
      name,
      shape,
      values: values.map((value, k) => value + (others[k]! - (isKernel ? 0.5 : 0.2)) * 0.2),
    };
  });
  const values = scattered(
    shape.reduce((product, length) => product * length, 1),
    99,
  ).map((number) => Math.floor(number * 255.99) / 255);
  return { spec, weights, images: { shape, values } };
};

/** The sentence on a model that another program may have written, and that does not begin by scaling bytes. */
export const pixelsUnknown = (where: string): string =>
  `${where}: it does not say which pixels it takes: here they are float32 from 0 to 1, and one that takes others gives other answers`;
