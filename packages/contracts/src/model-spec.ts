import { z } from 'zod';
import { number, wholeNumber } from './numbers.ts';
import { parseWith } from './parse.ts';

const rate = number({ min: 0, below: 1 });
const size = wholeNumber({ above: 0 });
const axis = wholeNumber({ min: 0, max: 3 });

/**
 * The tutorial's ConvNet as data: blocks of Conv2D (ReLU, he_uniform), MaxPooling2D and Dropout, then dense
 * layers, then a softmax over the classes. Every default is the tutorial's.
 */
export const modelSpecSchema = z.strictObject({
  /** Height, width, channels, whatever the data format. */
  inputShape: z
    .tuple([size, size, size], 'expected a list of height, width and channels')
    .default([32, 32, 3]),
  /** Layout of the model's input; `channels_first` is transposed at the edge. */
  dataFormat: z.enum(['channels_last', 'channels_first']).default('channels_last'),
  numClasses: wholeNumber({ min: 2, max: 256 }).default(10),
  /** Filters of each convolution block, first to last. */
  filters: z.array(size).min(1).default([64, 64]),
  kernelSize: size.default(3),
  padding: z.enum(['valid', 'same']).default('valid'),
  poolSize: size.default(2),
  /** Units of each hidden dense layer. */
  units: z.array(size).default([256]),
  dropout: z
    .strictObject({
      /** Fraction of units dropped after each pooling layer, 0 <= rate < 1; 0 leaves the layer out. */
      rate: rate.default(0.5),
      /** Fraction of input pixels dropped (Srivastava et al. 2014 suggest 0.1). */
      inputRate: rate.default(0),
      /** Shape of the mask of the layers after pooling, e.g. `[null, 1, 1, null]` drops whole feature maps; null is full. */
      noiseShape: z.array(size.nullable()).nullable().default(null),
    })
    .prefault({}),
  /** Max-norm of the kernels of hidden layers, or null for none. */
  maxNorm: z
    .strictObject({
      value: number({ above: 0 }).default(2),
      /** Axes the norm is summed over. Keras's default is 0; its documentation advises [0, 1, 2] for Conv2D. */
      axis: z
        .union([axis, z.array(axis).min(1)], 'expected an axis from 0 to 3 or a list of them')
        .default(0),
    })
    .nullable()
    .prefault({}),
});

/** A complete model description; see {@link modelSpecSchema} for each value and its default. */
export type ModelSpec = z.output<typeof modelSpecSchema>;
/** A model description as a user writes it: anything left out is the tutorial's. */
export type ModelSpecInput = z.input<typeof modelSpecSchema>;

/** @throws ConfigError naming the first value at fault. */
export const parseModelSpec = (input: unknown): ModelSpec => parseWith(modelSpecSchema, input, 'model spec');
