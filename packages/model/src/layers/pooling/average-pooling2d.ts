import { avgPool, mul, pad, type Tensor, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import { type LayerImplementation, type LayerOf, requireImage, requireWindow, windowsOf } from '../layer.ts';

/** Properties of the stock layer that its type leaves out. */
interface StockLayer extends layers.Layer {
  readonly poolSize: [number, number];
  readonly strides: [number, number];
  readonly padding: 'valid' | 'same';
  readonly dataFormat: string;
}

/** Constructor arguments of {@link AveragePooling2D}: those of the stock layer. */
export type AveragePooling2DConfig = Parameters<typeof layers.averagePooling2d>[0];

// The class itself is not exported. The name keeps the numbers of unnamed layers as they are.
const Stock = layers.averagePooling2d({ name: 'stock' }).constructor as Pick<
  typeof layers.Layer,
  'fromConfig'
> &
  (new (
    config: AveragePooling2DConfig,
  ) => StockLayer);

/**
 * The mean of each window, as `keras.layers.AveragePooling2D`: [height, width, channels] to [height', width', channels]. With
 * padding `same` it is the mean of those numbers of a window that lie within the image. TensorFlow.js's gradient of that divides
 * by the window's whole size, while this one is right. It is registered in the stock layer's place, under its name and
 * configuration.
 */
export class AveragePooling2D extends Stock {
  static readonly className = 'AveragePooling2D';

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[] {
    const { padding, dataFormat, poolSize, strides } = this;
    if (padding === 'valid' || dataFormat !== 'channelsLast') return super.call(inputs, kwargs);
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = (Array.isArray(inputs) ? inputs[0]! : inputs) as Tensor4D;
      const [rows, columns] = [0, 1].map((axis) =>
        paddedAxis(input.shape[axis + 1]!, poolSize[axis]!, strides[axis]!),
      ) as [PaddedAxis, PaddedAxis];
      const padded = pad(input, [[0, 0], rows.padding, columns.padding, [0, 0]]);
      const factors = rows.counts.flatMap((height) =>
        columns.counts.map((width) => (poolSize[0] * poolSize[1]) / (height * width)),
      );
      const means = avgPool(padded, poolSize, strides, 'valid');
      return mul(means, tensor(factors, [1, rows.counts.length, columns.counts.length, 1]));
    });
  }
}
register(AveragePooling2D);

/** An axis of an image that is padded so that a window begins at every multiple of the strides. */
interface PaddedAxis {
  readonly padding: [number, number];
  /** How many numbers of each window lie within the image. */
  readonly counts: readonly number[];
}

/** Pads as TensorFlow does: half before, rounded down, and the rest behind. */
const paddedAxis = (length: number, size: number, strides: number): PaddedAxis => {
  const windows = Math.ceil(length / strides);
  const padding = Math.max(0, (windows - 1) * strides + size - length);
  const before = Math.floor(padding / 2);
  const counts = Array.from({ length: windows }, (_, i) => {
    const start = i * strides - before;
    return Math.min(start + size, length) - Math.max(start, 0);
  });
  return { padding: [before, padding - before], counts };
};

/** The mean of each window, as `keras.layers.AveragePooling2D`: see {@link AveragePooling2D}. */
export const averagePooling2d: LayerImplementation<LayerOf<'average_pooling2d'>> = {
  create: ({ poolSize, strides, padding }, { name }) =>
    new AveragePooling2D({ name, poolSize, strides: strides ?? poolSize, padding }),
  outputShape: ({ poolSize, strides, padding }, input, where) => {
    const image = requireImage(input, where);
    if (padding === 'valid') requireWindow(image, 'poolSize', poolSize, where);
    return [...windowsOf(image, poolSize, strides ?? poolSize, padding), image[2]];
  },
};
