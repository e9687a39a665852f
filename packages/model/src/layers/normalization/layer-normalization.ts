import {
  add,
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  mean,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  ones,
  rsqrt,
  square,
  sub,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';

/** Constructor arguments of {@link LayerNormalization}: those of the stock layer. */
export type LayerNormalizationConfig = NonNullable<Parameters<typeof layers.layerNormalization>[0]>;

/** Properties of the stock layer that its type leaves out. */
interface StockLayer extends layers.Layer {
  /** All of them, from 0, when the layer is built. */
  readonly axis: number[];
  readonly epsilon: number;
  readonly gamma?: LayerVariable;
  readonly beta?: LayerVariable;
}

// The class itself is not exported. The name keeps the numbers of unnamed layers as they are.
const Stock = layers.layerNormalization({ name: 'stock' }).constructor as Pick<
  typeof layers.Layer,
  'fromConfig'
> &
  (new (
    config: LayerNormalizationConfig,
  ) => StockLayer);

/**
 * Layer normalization: the channels of each place to mean 0 and variance 1, then scaled and shifted,
 *
 *   y = gamma * (x - mean) / sqrt(variance + epsilon) + beta,
 *
 * as `keras.layers.LayerNormalization`, in training as in inference. Input and output are float32 of any one shape. Unlike
 * the stock layer of TensorFlow.js, it works without gamma, and it computes in fewer passes. It is registered in the stock
 * layer's place, under its name and configuration; over other axes than the last it is that.
 *
 * @see Ba, Kiros & Hinton, "Layer normalization", 2016.
 */
export class LayerNormalization extends Stock {
  static readonly className = 'LayerNormalization';

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[] {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs;
    if (`${this.axis}` !== `${input.rank - 1}`) return super.call(inputs, kwargs);
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [gamma, beta] = [this.gamma?.read(), this.beta?.read()];
      if (hasKernels(input)) return normalizeByKernels(input, gamma, beta, this.epsilon);
      const normalized = normalize(input, this.epsilon);
      const scaled = gamma ? mul(normalized, gamma) : normalized;
      return beta ? add(scaled, beta) : scaled;
    });
  }
}
register(LayerNormalization);

/**
 * With r = 1 / sqrt(variance + epsilon), xhat = (x - mean) * r and means over the channels:
 * dx = r * (dy - mean(dy) - xhat * mean(dy * xhat)).
 */
const normalize = (input: Tensor, epsilon: number): Tensor =>
  customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, GradSaveFunc];
    const centered = sub(x, mean(x, -1, true));
    const inverse = rsqrt(add(mean(square(centered), -1, true), epsilon));
    const value = mul(centered, inverse);
    save([value, inverse]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [xhat, inverse] = saved as [Tensor, Tensor];
      const along = mul(xhat, mean(mul(dy, xhat), -1, true));
      return mul(inverse, sub(sub(dy, mean(dy, -1, true)), along));
    };
    return { value, gradFunc };
  })(input);

/**
 * Two kernels that the wasm backend has with `@dropout-lab/wasm-training`, for float32 [..., features]: the whole layer, with the mean
 * and the inverse standard deviation of each row, and its gradients from those. They have no gradients.
 */
const NORMALIZE = 'NormalizeRows';
const GRADIENT = 'NormalizeRowsGradient';

const hasKernels = ({ dtype }: Tensor): boolean =>
  dtype === 'float32' && getKernel(NORMALIZE, getBackend()) !== undefined;

const normalizeByKernels = (
  input: Tensor,
  ofGamma: Tensor | undefined,
  ofBeta: Tensor | undefined,
  epsilon: number,
): Tensor => {
  const features = input.shape.at(-1)!;
  return customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [Tensor, Tensor, Tensor, GradSaveFunc];
    const [value, mean, inverse] = run(NORMALIZE, { x, gamma, beta }, { epsilon });
    save([x, gamma, mean, inverse]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [x, gamma, mean, inverse] = saved as [Tensor, Tensor, Tensor, Tensor];
      return [...run(GRADIENT, { dy, x, gamma, mean, inverse })];
    };
    return { value, gradFunc };
  })(input, ofGamma ?? ones([features]), ofBeta ?? zeros([features]));
};

const run = (kernel: string, inputs: NamedTensorMap, attrs?: NamedAttrMap) =>
  engine().runKernel(kernel, inputs, attrs) as unknown as readonly [Tensor, Tensor, Tensor];

/** `keras.layers.LayerNormalization`: see {@link LayerNormalization}. */
export const layerNormalization: LayerImplementation<LayerOf<'layer_normalization'>> = {
  create: ({ epsilon, center, scale }, { name }) => new LayerNormalization({ name, epsilon, center, scale }),
  outputShape: (_, input) => input,
};
