import { z } from 'zod';
import { count, fraction, nonNegative, number, positive } from '../settings/numbers.ts';
import { membersOf, setting } from '../settings/settings.ts';
import { constraintSchema } from './constraints.ts';
import { regularizerSchema } from './regularizers.ts';

const name = setting(
  z
    .string()
    .regex(/^[A-Za-z][\w-]*$/, 'expected letters, digits, _ and -, a letter first')
    .nullable()
    .default(null),
  "Name of the layer; null is Keras's: its kind, numbered from the second layer of that kind on",
);

export const padding = setting(
  z.enum(['valid', 'same']).default('valid'),
  'valid: windows lie within the image; same: the image is padded with zeros to keep its size',
);

const activationSchema = z.enum([
  'linear',
  'relu',
  'softmax',
  'leaky_relu',
  'elu',
  'selu',
  'silu',
  'gelu',
  'gelu_approximate',
  'softplus',
  'tanh',
]);
export const activation = (defaultValue: z.output<typeof activationSchema>) =>
  setting(
    activationSchema.default(defaultValue),
    'Activation function of the output; gelu is exact, and gelu_approximate its approximation by tanh',
  );

const kernelInitializerSchema = z.enum([
  'glorot_uniform',
  'he_uniform',
  'lecun_uniform',
  'glorot_normal',
  'he_normal',
  'lecun_normal',
  'pytorch_uniform',
  'partial_dirac',
  'whitening',
]);
const kernelInitializer = setting(
  kernelInitializerSchema.default('glorot_uniform'),
  "Distribution of the initial kernel (Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998); pytorch_uniform is PyTorch's default, and partial_dirac the same with a first filter for each channel that passes it on; whitening, of a convolution, makes it from the training images (Jordan 2024); biases start at 0",
);
const useBias = setting(z.boolean().default(true), 'Whether a bias is added to the output');
export const kernelConstraint = setting(
  constraintSchema.nullable().default(null),
  'Constraint applied to the kernel after every update',
);
export const kernelRegularizer = setting(
  regularizerSchema.nullable().default(null),
  'Penalty on the kernel that is added to the loss in training',
);

export const dropConnect = setting(
  fraction.default(0),
  "Fraction of the kernel's weights dropped in training (DropConnect, Wan et al. 2013), the same for all images of a step",
);

/** Shape of a dropout mask: 1 shares it along an axis, null takes the size of the input. */
export const noiseShape = setting(
  z.array(count.nullable()).nullable().default(null),
  'Shape of the mask, batch axis first: 1 shares the mask along an axis, null takes the size of the input; [null, 1, 1, null] drops whole feature maps',
);

/** A layer's variable, and the setting without which it has none. */
interface LayerVariable {
  readonly name: string;
  readonly setting?: string;
}

const kernelVariables: readonly LayerVariable[] = [{ name: 'kernel' }, { name: 'bias', setting: 'useBias' }];

const conv2d = z
  .strictObject({
    kind: z.literal('conv2d'),
    name,
    filters: setting(count, 'Number of filters'),
    kernelSize: setting(count.default(3), 'Height and width of each filter', { unit: 'pixels' }),
    strides: setting(count.default(1), 'Distance between neighbouring windows, in both directions', {
      unit: 'pixels',
    }),
    padding,
    activation: activation('linear'),
    useBias,
    kernelInitializer,
    kernelConstraint,
    kernelRegularizer,
    dropConnect,
  })
  .meta({ variables: kernelVariables });

const poolSize = setting(count.default(2), 'Height and width of the pooling windows', { unit: 'pixels' });
const poolStrides = setting(
  count.nullable().default(null),
  'Distance between neighbouring windows, in both directions; null is poolSize',
  { unit: 'pixels' },
);

const maxPooling2d = z.strictObject({
  kind: z.literal('max_pooling2d'),
  name,
  poolSize,
  strides: poolStrides,
  padding,
});

const dropout = z.strictObject({
  kind: z.literal('dropout'),
  name,
  rate: setting(fraction, 'Fraction of units dropped'),
  noiseShape,
});

const spatialDropout2d = z.strictObject({
  kind: z.literal('spatial_dropout2d'),
  name,
  rate: setting(fraction, 'Fraction of feature maps dropped, each as a whole (Tompson et al. 2015)'),
});

const epsilon = setting(
  positive.default(0.001),
  'Small number added to the variance, so that nothing is divided by zero',
);
const center = setting(
  z.boolean().default(true),
  'Whether each channel is shifted by a trained number, beta',
);
const scale = setting(z.boolean().default(true), 'Whether each channel is scaled by a trained number, gamma');
const normalizedVariables: readonly LayerVariable[] = [
  { name: 'gamma', setting: 'scale' },
  { name: 'beta', setting: 'center' },
];

const batchNormalization = z
  .strictObject({
    kind: z.literal('batch_normalization'),
    name,
    momentum: setting(fraction.default(0.99), 'Share of the moving mean and variance that each step keeps'),
    epsilon,
    center,
    scale,
  })
  .meta({ variables: [...normalizedVariables, { name: 'moving_mean' }, { name: 'moving_variance' }] });

const gaussianNoise = z.strictObject({
  kind: z.literal('gaussian_noise'),
  name,
  stddev: setting(number({ min: 0, max: 1 }), 'Standard deviation of the normal noise added in training'),
});

const gaussianDropout = z.strictObject({
  kind: z.literal('gaussian_dropout'),
  name,
  rate: setting(
    fraction,
    'Units are multiplied by normal noise of mean 1 and variance rate / (1 - rate), the same as that of dropout at this rate (Srivastava et al. 2014, section 10)',
  ),
});

const alphaDropout = z.strictObject({
  kind: z.literal('alpha_dropout'),
  name,
  rate: setting(
    fraction,
    'Fraction of units set to the value at which SELU saturates; mean and variance are kept (Klambauer et al. 2017)',
  ),
  noiseShape,
});

const flatten = z.strictObject({ kind: z.literal('flatten'), name });

const dense = z
  .strictObject({
    kind: z.literal('dense'),
    name,
    units: setting(count, 'Number of units'),
    activation: activation('linear'),
    useBias,
    kernelInitializer,
    kernelConstraint,
    kernelRegularizer,
    dropConnect,
  })
  .meta({ variables: kernelVariables });

const activationLayer = z.strictObject({
  kind: z.literal('activation'),
  name,
  activation: activation('relu'),
});

const averagePooling2d = z.strictObject({
  kind: z.literal('average_pooling2d'),
  name,
  poolSize,
  strides: poolStrides,
  padding,
});

const globalMaxPooling2d = z.strictObject({ kind: z.literal('global_max_pooling2d'), name });

const layerNormalization = z
  .strictObject({
    kind: z.literal('layer_normalization'),
    name,
    epsilon,
    center,
    scale,
  })
  .meta({ variables: normalizedVariables });

const globalAveragePooling2d = z.strictObject({ kind: z.literal('global_average_pooling2d'), name });

/** Near the largest number of float32, in which everything is computed. */
const LARGEST = 1e38;
const anyNumber = number({ min: -LARGEST, max: LARGEST });

const rescaling = z.strictObject({
  kind: z.literal('rescaling'),
  name,
  scale: setting(anyNumber, 'Factor of every number'),
  offset: setting(anyNumber.default(0), 'Number added to every product'),
});

/** One number, or one for each channel. */
const perChannel = (element: z.ZodNumber, expected: string) =>
  z.union([element, z.array(element).min(1)], `expected ${expected}`).meta({ expected });

/** The settings of a normalization, by which images are standardized. */
export const standardization = {
  mean: setting(
    perChannel(anyNumber, 'a number or a list of one for each channel'),
    'Mean that is subtracted, of all channels or of each, on the scale of the input, where images are 0 to 1',
  ),
  variance: setting(
    perChannel(nonNegative, 'a number of at least 0 or a list of one for each channel'),
    'Variance by whose square root is divided, of all channels or of each',
  ),
};

const normalization = z.strictObject({ kind: z.literal('normalization'), name, ...standardization });

const simple = [
  conv2d,
  maxPooling2d,
  dropout,
  flatten,
  dense,
  activationLayer,
  spatialDropout2d,
  batchNormalization,
  gaussianNoise,
  gaussianDropout,
  alphaDropout,
  globalAveragePooling2d,
  rescaling,
  normalization,
  averagePooling2d,
  globalMaxPooling2d,
  layerNormalization,
] as const;

/** The layers that contain no others. */
export const simpleLayerSchema = z.discriminatedUnion('kind', simple);

/** A layer that contains no others. */
export type SimpleLayerSpec = z.output<typeof simpleLayerSchema>;
/** The name of an activation function. */
export type ActivationName = Extract<SimpleLayerSpec, { kind: 'activation' }>['activation'];
/** The name of an initializer of a kernel. */
export type KernelInitializerName = Extract<SimpleLayerSpec, { kind: 'conv2d' }>['kernelInitializer'];
/** A layer that contains no others, as a user writes it. */
export type SimpleLayerInput = z.input<typeof simpleLayerSchema>;

/** Layers whose output is added to their input, or to that of other layers for it (He et al. 2016); both have one shape. */
export interface ResidualSpec {
  readonly kind: 'residual';
  readonly name: string | null;
  readonly layers: LayerSpec[];
  readonly shortcut: LayerSpec[];
  readonly dropRate: number;
}
/** A residual block as a user writes it. */
export interface ResidualInput {
  readonly kind: 'residual';
  readonly name?: string | null | undefined;
  readonly layers: LayerInput[];
  readonly shortcut?: LayerInput[] | undefined;
  readonly dropRate?: number | undefined;
}

/** One layer of a model: its kind and settings, by Keras's names. */
export type LayerSpec = SimpleLayerSpec | ResidualSpec;
/** A layer as a user writes it: anything left out is Keras's default. */
export type LayerInput = SimpleLayerInput | ResidualInput;
/** The kind of a layer. */
export type LayerKind = LayerSpec['kind'];

const residual = z.strictObject({
  kind: z.literal('residual'),
  name,
  // The first and the last line of a recursion need their types by hand.
  get layers(): z.ZodArray<z.ZodType<LayerSpec, LayerInput>> {
    return setting(z.array(layerSchema).min(1), 'Layers whose output is added to that of the shortcut');
  },
  get shortcut(): z.ZodDefault<z.ZodArray<z.ZodType<LayerSpec, LayerInput>>> {
    return setting(
      z.array(layerSchema).default([]),
      'Layers of the shortcut, such as a convolution of kernelSize 1 with strides of its own; none is the input itself',
    );
  },
  dropRate: setting(
    fraction.default(0),
    'Probability of leaving the layers out in training, for each image by itself (stochastic depth, Huang et al. 2016)',
  ),
});

/** The layers, by Keras's names and with its defaults. */
export const layerSchema: z.ZodType<LayerSpec, LayerInput> = z.discriminatedUnion('kind', [
  ...simple,
  residual,
]);

/** Returns {@link layerSchema} with layers of the user's own; a residual block takes only the built-in ones. */
export const layerSchemaWith = (custom: readonly z.ZodObject[]): typeof layerSchema =>
  z.discriminatedUnion('kind', [...simple, residual, ...custom]) as unknown as typeof layerSchema;

/** Returns the last part of the names of a layer's variables, in Keras's order; most kinds have none. */
export const variablesOf = (layer: LayerSpec): readonly string[] => {
  const variables = membersOf(layerSchema)?.members.get(layer.kind)?.meta()?.['variables'] as
    | readonly LayerVariable[]
    | undefined;
  const settings = layer as unknown as Readonly<Record<string, unknown>>;
  return (variables ?? [])
    .filter(({ setting }) => setting === undefined || settings[setting] !== false)
    .map(({ name }) => name);
};
