import { z } from 'zod';
import type { ImageShape } from '../dataset.ts';
import { count, fraction, wholeNumber } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';
import { maxNormAxis, maxNormLimit } from './constraints.ts';
import {
  type LayerInput,
  type LayerSpec,
  layerSchema,
  layerSchemaWith,
  noiseShape,
  padding,
} from './layers.ts';

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
    wholeNumber({ min: 2, max: 256 }).nullable().default(null),
    'Number of classes; null takes that of the data set',
  ),
  dataFormat: setting(
    z.enum(['channels_last', 'channels_first']).default('channels_last'),
    "Layout of the model's input; channels_first is transposed before the first layer",
  ),
};

const tutorial = z
  .strictObject({
    preset: z.literal('tutorial').default('tutorial'),
    ...common,
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
        }),
        inputRate: setting(
          fraction.default(0),
          'Fraction of input pixels dropped (Srivastava et al. 2014 suggest 0.1)',
          { flag: 'dropout-input', label: 'input dropout' },
        ),
        noiseShape,
      })
      .prefault({}),
    maxNorm: setting(
      z.strictObject({ value: maxNormLimit, axis: maxNormAxis }).nullable().prefault({}),
      'Max-norm of the kernels of hidden layers, or null for none',
    ),
  })
  .meta({
    description:
      'The ConvNet of the tutorial: blocks of Conv2D (ReLU, he_uniform), MaxPooling2D and Dropout, then dense layers, then a softmax over the classes',
  });

const layersOf = (layer: z.ZodType<LayerSpec, LayerInput>) =>
  z
    .strictObject({
      preset: z.literal('layers'),
      ...common,
      layers: setting(z.array(layer).min(1), 'The layers, first to last; the last one outputs the classes'),
    })
    .meta({ description: 'Any sequence of layers' });

/** A list of layers needs no preset's name beside it. */
const withPreset = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'layers' in input && !('preset' in input)
    ? { preset: 'layers', ...input }
    : input;

const familyOf = (layer: z.ZodType<LayerSpec, LayerInput>) =>
  z.discriminatedUnion('preset', [tutorial, layersOf(layer)]);

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
