import {
  cast,
  customGrad,
  div,
  equal,
  type GradSaveFunc,
  max,
  mul,
  reshape,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import { type LayerImplementation, type LayerOf, requireImage } from '../layer.ts';

/** Constructor arguments of {@link GlobalMaxPooling2D}: those of the stock layer. */
export type GlobalMaxPooling2DConfig = NonNullable<Parameters<typeof layers.globalMaxPooling2d>[0]>;

// The class itself is not exported. The name keeps the numbers of unnamed layers as they are.
const Stock = layers.globalMaxPooling2d({ name: 'stock' } as GlobalMaxPooling2DConfig).constructor as Pick<
  typeof layers.Layer,
  'fromConfig'
> &
  (new (
    config: GlobalMaxPooling2DConfig,
  ) => layers.Layer & { readonly dataFormat: string });

/**
 * The largest number of each feature map, as `keras.layers.GlobalMaxPooling2D`: [height, width, channels] to [channels]. Places
 * that share the largest number share its gradient, as in TensorFlow; in TensorFlow.js's layer each gets all of it, which
 * behind a ReLU is the whole of a map of zeros. It is registered in the stock layer's place, under its name and configuration.
 */
export class GlobalMaxPooling2D extends Stock {
  static readonly className = 'GlobalMaxPooling2D';

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      return largest(input, this.dataFormat === 'channelsFirst' ? [2, 3] : [1, 2]);
    });
  }
}
register(GlobalMaxPooling2D);

const largest = (input: Tensor, axes: number[]): Tensor => {
  const shared = input.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, GradSaveFunc];
    const value = max(x, axes);
    save([x, value]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [x, value] = saved as [Tensor, Tensor];
      const isLargest = cast(equal(x, reshape(value, shared)), 'float32');
      return mul(isLargest, div(reshape(dy, shared), sum(isLargest, axes, true)));
    };
    return { value, gradFunc };
  })(input);
};

/** The largest number of each feature map: see {@link GlobalMaxPooling2D}. */
export const globalMaxPooling2d: LayerImplementation<LayerOf<'global_max_pooling2d'>> = {
  create: (_, { name }) => new GlobalMaxPooling2D({ name } as GlobalMaxPooling2DConfig),
  outputShape: (_, input, where) => [requireImage(input, where)[2]],
};
