import type { Shape } from '@dropout-lab/model';
import type { OperationKind, OperationOf } from '../graph/graph.ts';
import { onnxActivations } from './activations.ts';
import type { Builder } from './builder.ts';

/** The place of an operation in a graph. Images are channels first within the graph, as ONNX's operators want them. */
export interface OnnxContext {
  readonly builder: Builder;
  /** The names of what it takes. */
  readonly inputs: readonly string[];
  /** The shape of the first of these for an image, channels last. */
  readonly from: Shape;
  /** A variable of the layer's by the last part of its path; undefined where the layer has none. */
  readonly weight: (
    name: string,
  ) => { readonly shape: readonly number[]; readonly values: Float32Array } | undefined;
}

/** Writes the operators of an operation, and returns the name of its output. */
type Write<Kind extends OperationKind> = (settings: OperationOf<Kind>, context: OnnxContext) => string;

/** Dropout and noise are there in training alone. */
const identity = (_: unknown, { inputs }: OnnxContext): string => inputs[0]!;

const TO_LAST = [0, 2, 3, 1];
const TO_FIRST = [0, 3, 1, 2];

const isImage = (shape: Shape): boolean => shape.length === 3;

/** The shape in which numbers of each channel meet images, or what is flat. */
const alongChannels = (from: Shape, length: number): number[] =>
  isImage(from) && length > 1 ? [length, 1, 1] : [length];

interface Windows {
  readonly size: number;
  readonly strides: number;
  readonly padding: 'valid' | 'same';
}

/** Padding as in TensorFlow: what is left over when halved goes to the end. */
const windowAttributes = ({ size, strides, padding }: Windows, [height, width]: Shape) => {
  const missing = (length: number): number =>
    padding === 'valid' ? 0 : Math.max((Math.ceil(length / strides) - 1) * strides + size - length, 0);
  const both = [missing(height!), missing(width!)];
  const begins = both.map((sum) => Math.floor(sum / 2));
  return {
    kernel_shape: [size, size],
    strides: [strides, strides],
    pads: [...begins, ...both.map((sum, i) => sum - begins[i]!)],
  };
};

const pooling =
  (operator: string) =>
  (
    { poolSize, strides, padding }: OperationOf<'max_pooling2d' | 'average_pooling2d'>,
    { builder, inputs, from }: OnnxContext,
  ): string =>
    builder.node(
      operator,
      inputs,
      windowAttributes({ size: poolSize, strides: strides ?? poolSize, padding }, from),
    );

const globalPooling =
  (operator: string) =>
  (_: unknown, { builder, inputs }: OnnxContext): string =>
    builder.node('Flatten', [builder.node(operator, inputs)], { axis: 1 });

/** [height, width, channels, filters] to [filters, channels, height, width]. */
const filtersFirst = ({ shape, values }: { shape: readonly number[]; values: Float32Array }) => {
  const [height, width, channels, filters] = shape as [number, number, number, number];
  const places = height * width;
  const moved = new Float32Array(values.length);
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < channels; channel++)
      for (let filter = 0; filter < filters; filter++)
        moved[(filter * channels + channel) * places + place] =
          values[(place * channels + channel) * filters + filter]!;
  return { shape: [filters, channels, height, width], values: moved };
};

const biasOf = ({ builder, weight }: OnnxContext): string[] => {
  const bias = weight('bias');
  return bias === undefined ? [] : [builder.constant('bias', bias.shape, bias.values)];
};

/** Numbers of each channel: a variable's, or the same for all where the layer is without. */
const perChannel = ({ builder, weight, from }: OnnxContext, name: string, otherwise: number): string => {
  const channels = from.at(-1)!;
  const values = weight(name)?.values ?? new Float32Array(channels).fill(otherwise);
  return builder.constant(name, [channels], values);
};

const numbers = ({ builder, from }: OnnxContext, name: string, value: number | readonly number[]): string => {
  const values = [value].flat() as number[];
  return builder.constant(name, alongChannels(from, values.length), values);
};

/** `keras.config.epsilon()`. */
const EPSILON = 1e-7;

/** Each operation by operators of opset 17. */
export const onnxLayers: { readonly [Kind in OperationKind]: Write<Kind> } = {
  // The model takes channels last where the spec says so.
  input: (_, { inputs }) => inputs[0]!,
  permute: identity,
  conv2d: ({ kernelSize, strides, padding, activation }, context) => {
    const { builder, inputs, from, weight } = context;
    const kernel = filtersFirst(weight('kernel')!);
    const filters = [builder.constant('kernel', kernel.shape, kernel.values), ...biasOf(context)];
    const attributes = windowAttributes({ size: kernelSize, strides, padding }, from);
    return onnxActivations[activation](builder, builder.node('Conv', [inputs[0]!, ...filters], attributes));
  },
  dense: ({ activation }, context) => {
    const { builder, inputs, weight } = context;
    const kernel = weight('kernel')!;
    const product = builder.node('Gemm', [
      inputs[0]!,
      builder.constant('kernel', kernel.shape, kernel.values),
      ...biasOf(context),
    ]);
    return onnxActivations[activation](builder, product);
  },
  activation: ({ activation }, { builder, inputs }) => onnxActivations[activation](builder, inputs[0]!),
  max_pooling2d: pooling('MaxPool'),
  average_pooling2d: pooling('AveragePool'),
  global_max_pooling2d: globalPooling('GlobalMaxPool'),
  global_average_pooling2d: globalPooling('GlobalAveragePool'),
  flatten: (_, { builder, inputs }) =>
    builder.node('Flatten', [builder.node('Transpose', inputs, { perm: TO_LAST })], { axis: 1 }),
  batch_normalization: ({ epsilon }, context) =>
    context.builder.node(
      'BatchNormalization',
      [
        context.inputs[0]!,
        perChannel(context, 'gamma', 1),
        perChannel(context, 'beta', 0),
        perChannel(context, 'moving_mean', 0),
        perChannel(context, 'moving_variance', 1),
      ],
      { epsilon: { float: epsilon } },
    ),
  layer_normalization: ({ epsilon }, context) => {
    const { builder, inputs, from } = context;
    const normalized = (x: string): string =>
      builder.node(
        'LayerNormalization',
        [x, perChannel(context, 'gamma', 1), perChannel(context, 'beta', 0)],
        {
          axis: -1,
          epsilon: { float: epsilon },
        },
      );
    if (!isImage(from)) return normalized(inputs[0]!);
    const last = builder.node('Transpose', inputs, { perm: TO_LAST });
    return builder.node('Transpose', [normalized(last)], { perm: TO_FIRST });
  },
  rescaling: ({ scale, offset }, context) => {
    const { builder, inputs } = context;
    const scaled = builder.node('Mul', [inputs[0]!, numbers(context, 'scale', scale)]);
    return offset === 0 ? scaled : builder.node('Add', [scaled, numbers(context, 'offset', offset)]);
  },
  normalization: ({ mean, variance }, context) => {
    const { builder, inputs } = context;
    const deviations = [variance].flat().map((one) => Math.max(Math.sqrt(one), EPSILON));
    const centered = builder.node('Sub', [inputs[0]!, numbers(context, 'mean', mean)]);
    return builder.node('Div', [centered, numbers(context, 'deviation', deviations)]);
  },
  residual: (_, { builder, inputs }) => builder.node('Add', inputs),
  stochastic_depth: identity,
  dropout: identity,
  spatial_dropout2d: identity,
  gaussian_noise: identity,
  gaussian_dropout: identity,
  alpha_dropout: identity,
};

/** Brings images of channels last, as the model takes them, into the graph. */
export const channelsFirst = (builder: Builder, x: string): string =>
  builder.node('Transpose', [x], { perm: TO_FIRST });
