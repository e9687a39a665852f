import { z } from 'zod';
import type { ImageShape } from '../dataset.ts';
import { count, fraction, number, positive, wholeNumber } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';
import { maxNormAxis, maxNormLimit } from './constraints.ts';
import {
  activation,
  dropConnect,
  kernelConstraint,
  kernelRegularizer,
  type LayerInput,
  type LayerSpec,
  layerSchema,
  layerSchemaWith,
  noiseShape,
  padding,
  standardization,
} from './layers.ts';
import { ownImagesLimits } from './own-images.ts';

/** The settings that every model has. */
const common = {
  inputShape: setting(
    z
      .tuple([count, count, count], 'expected a list of height, width and channels')
      .meta({ expected: 'a list of height, width and channels' })
      .nullable()
      .default(null),
    'Height, width and channels of an image; null takes those of the data set',
  ),
  numClasses: setting(
    wholeNumber({ min: 2, max: ownImagesLimits.classes }).nullable().default(null),
    'Number of classes; null takes that of the data set',
  ),
  dataFormat: setting(
    z.enum(['channels_last', 'channels_first']).default('channels_last'),
    "Layout of the model's input; channels_first is transposed before the first layer",
  ),
};

/** Those of models that take images as they are, or standardized. */
const standardizable = {
  ...common,
  standardization: setting(
    z.strictObject(standardization).nullable().default(null),
    'Mean and variance of the training images, by which a normalization before the first layer standardizes images; null leaves them 0 to 1',
  ),
};

const tutorial = z
  .strictObject({
    preset: z.literal('tutorial').default('tutorial'),
    ...standardizable,
    filters: setting(
      z.array(count).min(1).default([64, 64]),
      'Filters of each convolution block, first to last',
    ),
    kernelSize: setting(count.default(3), 'Height and width of each filter', { unit: 'pixels' }),
    padding,
    poolSize: setting(count.default(2), 'Height and width of the pooling windows', { unit: 'pixels' }),
    units: setting(z.array(count).default([256]), 'Units of each hidden dense layer, first to last'),
    dropout: z
      .strictObject({
        rate: setting(fraction.default(0.5), 'Fraction dropped after each pooling layer, 0 for none', {
          flag: 'dropout',
          label: 'dropout',
          replacedBy: 'rates',
        }),
        inputRate: setting(
          fraction.default(0),
          'Fraction of input pixels dropped (Srivastava et al. 2014 suggest 0.1)',
          { flag: 'dropout-input', label: 'input dropout' },
        ),
        noiseShape,
        rates: setting(
          z.array(fraction).min(1).nullable().default(null),
          'Fractions dropped after each pooling layer, one for each convolution block; null is rate for all of them',
        ),
        denseRate: setting(fraction.default(0), 'Fraction dropped after each hidden dense layer, 0 for none'),
      })
      .prefault({}),
    maxNorm: setting(
      z
        .strictObject({
          value: maxNormLimit({ flag: 'max-norm' }),
          axis: maxNormAxis({ flag: 'max-norm-axis' }),
        })
        .nullable()
        .prefault({}),
      'Max-norm of the kernels of hidden layers, or null for none',
    ),
  })
  .meta({
    description:
      'The ConvNet of the tutorial: blocks of Conv2D (ReLU, he_uniform), MaxPooling2D and Dropout, then dense layers, then a softmax over the classes',
  });

const airbench94 = z
  .strictObject({
    preset: z.literal('airbench94'),
    ...common,
    filters: setting(z.array(count).min(1).default([64, 256, 256]), 'Filters of each group, first to last'),
    scale: setting(positive.default(1 / 9), 'Factor of the outputs before the softmax'),
  })
  .meta({
    description:
      'The network of "94% on CIFAR-10 in 3.29 seconds on a single GPU" (Jordan 2024): whitened patches, then groups of two convolutions with batch normalization and GELU; for images of three channels',
  });

const srivastava = z
  .strictObject({
    preset: z.literal('srivastava'),
    ...standardizable,
    filters: setting(
      z.array(count).min(1).default([96, 128, 256]),
      'Filters of each convolution, 5 by 5, first to last',
    ),
    units: setting(z.array(count).default([2048, 2048]), 'Units of each hidden dense layer, first to last'),
    dropout: z
      .strictObject({
        rates: setting(
          z.array(fraction).default([0.1, 0.25, 0.25, 0.5, 0.5, 0.5]),
          'Fractions dropped of the input and of the output of each hidden layer, first to last; 0 where there are fewer',
        ),
      })
      .prefault({}),
    maxNorm: setting(
      number({ above: 0 }).nullable().default(4),
      'Max-norm of all incoming weights of each hidden unit, or null for none',
    ),
  })
  .meta({
    description:
      'The ConvNet of the dropout paper (Srivastava et al. 2014, appendix B.2): blocks of Conv2D and overlapping MaxPooling2D, then two large dense layers, with dropout everywhere and max-norm',
  });

const rateOf = (what: string) => setting(fraction.default(0), what);

const vgg = z
  .strictObject({
    preset: z.literal('vgg'),
    ...standardizable,
    filters: setting(
      z.array(count).min(1).default([32, 64, 128]),
      'Filters of the convolutions of each block, first to last',
    ),
    convolutions: setting(count.default(2), 'Convolutions of each block'),
    units: setting(z.array(count).default([128]), 'Units of each hidden dense layer, first to last'),
    activation: activation('relu'),
    batchNormalization: setting(
      z.enum(['none', 'before_activation', 'after_activation']).default('none'),
      'Where each hidden layer is normalized over the batch (Ioffe & Szegedy 2015: before its activation)',
    ),
    dropout: z
      .strictObject({
        kind: setting(
          z.enum(['dropout', 'spatial_dropout2d', 'gaussian_dropout', 'alpha_dropout']).default('dropout'),
          'Layer that drops in the blocks; after dense layers, spatial_dropout2d is dropout',
        ),
        rate: setting(fraction.default(0), 'Fraction dropped in each block, 0 for none', {
          flag: 'dropout',
          label: 'dropout',
        }),
        denseRate: rateOf('Fraction dropped after each hidden dense layer'),
        inputRate: setting(fraction.default(0), 'Fraction of input pixels dropped', {
          flag: 'dropout-input',
          label: 'input dropout',
        }),
        position: setting(
          z.enum(['after_block', 'before_normalization']).default('after_block'),
          "after_block: after each block's pooling; before_normalization: before each of its batch normalizations (Li et al. 2019 advise against it)",
        ),
      })
      .prefault({}),
    dropConnect,
    kernelRegularizer,
    kernelConstraint,
  })
  .meta({
    description:
      'A small network in the manner of Simonyan & Zisserman (2015), on which every regularizer can be set: blocks of 3x3 convolutions and max pooling, then dense layers',
  });

const layersOf = (layer: z.ZodType<LayerSpec, LayerInput>) =>
  z
    .strictObject({
      preset: z.literal('layers'),
      ...standardizable,
      layers: setting(z.array(layer).min(1), 'The layers, first to last; the last one outputs the classes'),
    })
    .meta({ description: 'Any sequence of layers' });

/** A list of layers needs no preset's name beside it. */
const withPreset = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'layers' in input && !('preset' in input)
    ? { preset: 'layers', ...input }
    : input;

const familyOf = (layer: z.ZodType<LayerSpec, LayerInput>) =>
  z.discriminatedUnion('preset', [tutorial, airbench94, srivastava, vgg, layersOf(layer)]);

/** The presets; a model that names none is the tutorial's, and `layers` is any sequence of layers. */
export const presetSchema = familyOf(layerSchema);

/** A model by the name of a preset with its settings, or as a list of layers. */
export const modelSchema = z.preprocess(withPreset, presetSchema);

/** Returns {@link modelSchema} with layers of the user's own, each a strict object with its `kind`. */
export const modelSchemaWith = (custom: readonly z.ZodObject[]): typeof modelSchema =>
  z.preprocess(withPreset, familyOf(layerSchemaWith(custom)));

/** A model as a run configuration has it: a preset with its settings, or a list of layers. */
export type ModelConfig = z.output<typeof modelSchema>;
/** A preset with its settings as a user writes it: anything left out is its default. */
export type PresetInput = z.input<typeof presetSchema>;
/** A model as a user writes it: anything left out is the tutorial's, and a list of layers needs no preset's name. */
export type ModelInput =
  | Exclude<PresetInput, { preset: 'layers' }>
  | (Omit<Extract<PresetInput, { preset: 'layers' }>, 'preset'> & { readonly preset?: 'layers' });
/** The settings of the preset `tutorial` as a user writes them. */
export type TutorialInput = Extract<PresetInput, { readonly preset?: 'tutorial' | undefined }>;
/** The name of a preset. */
export type PresetName = ModelConfig['preset'];
/** The settings of a preset. */
export type PresetConfig<Name extends PresetName> = Extract<ModelConfig, { preset: Name }>;

/** A model that can be built: its input and its layers. Every preset is turned into one. */
export interface ModelSpec {
  readonly inputShape: ImageShape;
  readonly numClasses: number;
  readonly dataFormat: ModelConfig['dataFormat'];
  readonly layers: readonly LayerSpec[];
}
