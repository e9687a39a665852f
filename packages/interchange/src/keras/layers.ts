import type { LayerKind, LayerSpec } from '@dropout-lab/contracts';
import type { OperationKind, OperationOf } from '../graph/graph.ts';
import type { JsonObject } from '../objects.ts';
import {
  activation,
  type Codec,
  constraint,
  initializer,
  perChannel,
  regularizer,
  same,
  square,
  strides,
} from './settings.ts';

/** Where a setting is in Keras's configuration, and how; null for one that Keras has no place for. */
type Place<Value> = readonly [key: string, codec: Codec<Value>] | null;

/** How a kind of layer stands in Keras's configuration of a model. */
export interface KerasLayer<Settings = LayerSpec> {
  readonly className: string;
  readonly settings: {
    readonly [Setting in Exclude<keyof Settings, 'kind' | 'name'>]-?: Place<Settings[Setting]>;
  };
  /** Arguments that we have no settings for, with the values that Keras gives them, the first one when it is written. */
  readonly fixed: Readonly<Record<string, readonly unknown[]>>;
  /** Brings arguments into the form that Keras wants, where they depend on each other. */
  readonly complete?: (config: JsonObject) => JsonObject;
}

type LayerOf<Kind extends LayerKind> = Extract<LayerSpec, { kind: Kind }>;

const image = { data_format: ['channels_last', null] } as const;
/** Another number of the last axis is written so before. */
const lastAxis = [-1, [-1]] as const;

const kernel = {
  activation: ['activation', activation],
  useBias: ['use_bias', same],
  kernelInitializer: ['kernel_initializer', initializer],
  kernelConstraint: ['kernel_constraint', constraint],
  kernelRegularizer: ['kernel_regularizer', regularizer],
  // Inference is without.
  dropConnect: null,
} as const;

const pooling = {
  poolSize: ['pool_size', square],
  strides: ['strides', strides],
  padding: ['padding', same],
} as const;

const normalized = {
  epsilon: ['epsilon', same],
  center: ['center', same],
  scale: ['scale', same],
} as const;

/** The layers of Keras that ours are. */
export const kerasLayers: { readonly [Kind in LayerKind]: KerasLayer<LayerOf<Kind>> } = {
  conv2d: {
    className: 'Conv2D',
    settings: {
      filters: ['filters', same],
      kernelSize: ['kernel_size', square],
      strides: ['strides', square],
      padding: ['padding', same],
      ...kernel,
    },
    fixed: { ...image, dilation_rate: [[1, 1], 1], groups: [1] },
  },
  dense: { className: 'Dense', settings: { units: ['units', same], ...kernel }, fixed: {} },
  max_pooling2d: { className: 'MaxPooling2D', settings: pooling, fixed: image },
  average_pooling2d: { className: 'AveragePooling2D', settings: pooling, fixed: image },
  global_max_pooling2d: {
    className: 'GlobalMaxPooling2D',
    settings: {},
    fixed: { ...image, keepdims: [false] },
  },
  global_average_pooling2d: {
    className: 'GlobalAveragePooling2D',
    settings: {},
    fixed: { ...image, keepdims: [false] },
  },
  flatten: { className: 'Flatten', settings: {}, fixed: image },
  activation: { className: 'Activation', settings: { activation: ['activation', activation] }, fixed: {} },
  dropout: {
    className: 'Dropout',
    settings: { rate: ['rate', same], noiseShape: ['noise_shape', same] },
    fixed: {},
  },
  spatial_dropout2d: { className: 'SpatialDropout2D', settings: { rate: ['rate', same] }, fixed: image },
  gaussian_noise: { className: 'GaussianNoise', settings: { stddev: ['stddev', same] }, fixed: {} },
  gaussian_dropout: { className: 'GaussianDropout', settings: { rate: ['rate', same] }, fixed: {} },
  alpha_dropout: {
    className: 'AlphaDropout',
    settings: { rate: ['rate', same], noiseShape: ['noise_shape', same] },
    fixed: {},
  },
  batch_normalization: {
    className: 'BatchNormalization',
    settings: { momentum: ['momentum', same], ...normalized },
    fixed: { axis: lastAxis },
  },
  layer_normalization: {
    className: 'LayerNormalization',
    settings: normalized,
    fixed: { axis: lastAxis },
  },
  rescaling: {
    className: 'Rescaling',
    settings: { scale: ['scale', same], offset: ['offset', same] },
    fixed: {},
  },
  normalization: {
    className: 'Normalization',
    settings: { mean: ['mean', perChannel], variance: ['variance', perChannel] },
    fixed: { axis: lastAxis, invert: [false] },
    // Keras wants one number for both, or as many of each.
    complete: ({ mean, variance, ...config }) => {
      const pair = [mean, variance] as (number | readonly number[])[];
      const channels = Math.max(...pair.map((numbers) => (typeof numbers === 'number' ? 0 : numbers.length)));
      const filled = pair.map((numbers) =>
        typeof numbers === 'number' && channels > 0 ? Array<number>(channels).fill(numbers) : numbers,
      );
      return { ...config, mean: filled[0], variance: filled[1] };
    },
  },
  // The layers of a block are layers of the model; its sum has no settings.
  residual: { className: 'Add', settings: { layers: null, shortcut: null, dropRate: null }, fixed: {} },
};

/** Returns Keras's class and arguments for an operation that is no layer of ours. */
export const kerasOperations: {
  readonly [Kind in Exclude<OperationKind, LayerKind>]: (
    settings: OperationOf<Kind>,
    shape: readonly number[],
  ) => readonly [className: string, config: object];
} = {
  input: (_, shape) => ['InputLayer', { batch_shape: [null, ...shape] }],
  permute: () => ['Permute', { dims: [2, 3, 1] }],
  // One draw for each image.
  stochastic_depth: ({ rate }, shape) => ['Dropout', { rate, noise_shape: [null, ...shape.map(() => 1)] }],
};

/** The places of a layer's settings, of any kind. */
export type KerasPlaces = Readonly<
  Record<
    string,
    | readonly [
        string,
        {
          readonly write: (value: unknown, where: string) => unknown;
          readonly read: (value: unknown, where: string, note: (text: string) => void) => unknown;
        },
      ]
    | null
  >
>;
