import type { KernelInitializerName } from '@dropout-lab/contracts';
import { fold, normal, type RandomKey, uniform } from '@dropout-lab/random';
import { initializers } from '@tensorflow/tfjs-layers';

type StockInitializer = ReturnType<typeof initializers.varianceScaling>;

/** A kernel that has no values yet. */
interface Kernel {
  /** [height, width, channels, filters] or [inputs, units]. */
  readonly shape: readonly number[];
  readonly size: number;
  /** The number of inputs of each output, and of outputs of each input. */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** How an initial kernel is drawn. */
interface KernelInitializer {
  /** For readers of model.json. */
  readonly stock: () => StockInitializer;
  readonly draw: (kernel: Kernel, key: RandomKey) => Float32Array;
}

interface Scaling {
  readonly scale: number;
  readonly mode: 'fanIn' | 'fanAvg';
}

const fanOf = ({ mode }: Scaling, { fanIn, fanOut }: Kernel): number =>
  mode === 'fanIn' ? fanIn : (fanIn + fanOut) / 2;

/** U(-limit, limit) of variance `scale / fan`. */
const scaledUniform = (scaling: Scaling): KernelInitializer => ({
  stock: () => initializers.varianceScaling({ ...scaling, distribution: 'uniform' }),
  draw: (kernel, key) => {
    const limit = Math.sqrt((3 * scaling.scale) / fanOf(scaling, kernel));
    return Float32Array.from(uniform(key, kernel.size), (u) => limit * (2 * u - 1));
  },
});

/** Deviates beyond so many standard deviations are drawn again. */
const TRUNCATED_AT = 2;
/** The standard deviation of what is left of the standard normal distribution, scipy's `truncnorm.std(-2, 2)`. */
const TRUNCATED_STDDEV = 0.8796256610342398;

/** Normal deviates within two of their standard deviations, of variance `scale / fan` after that. */
const scaledNormal = (scaling: Scaling): KernelInitializer => ({
  stock: () => initializers.varianceScaling({ ...scaling, distribution: 'truncatedNormal' }),
  draw: (kernel, key) => {
    const stddev = Math.sqrt(scaling.scale / fanOf(scaling, kernel)) / TRUNCATED_STDDEV;
    const values = normal(key, { size: kernel.size });
    const isBeyond = (i: number): boolean => Math.abs(values[i]!) > TRUNCATED_AT;
    let again = Array.from(values.keys()).filter(isBeyond);
    for (let draw = 1; again.length > 0; draw++) {
      const drawn = normal(fold(key, 'again', draw), { size: again.length });
      again.forEach((place, i) => {
        values[place] = drawn[i]!;
      });
      again = again.filter(isBeyond);
    }
    return values.map((value) => stddev * value);
  },
});

const pytorchUniform = scaledUniform({ scale: 1 / 3, mode: 'fanIn' });

/** The first filter for each channel, as far as there are as many, passes that channel's centre on and nothing else. */
const setDirac = (values: Float32Array, shape: readonly number[]): Float32Array => {
  const [height, width, channels, filters] = shape as [number, number, number, number];
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  for (let filter = 0; filter < Math.min(channels, filters); filter++) {
    for (let i = filter; i < values.length; i += filters) values[i] = 0;
    values[(centre * channels + filter) * filters + filter] = 1;
  }
  return values;
};

const kernelInitializers = {
  glorot_uniform: scaledUniform({ scale: 1, mode: 'fanAvg' }),
  he_uniform: scaledUniform({ scale: 2, mode: 'fanIn' }),
  lecun_uniform: scaledUniform({ scale: 1, mode: 'fanIn' }),
  glorot_normal: scaledNormal({ scale: 1, mode: 'fanAvg' }),
  he_normal: scaledNormal({ scale: 2, mode: 'fanIn' }),
  lecun_normal: scaledNormal({ scale: 1, mode: 'fanIn' }),
  pytorch_uniform: pytorchUniform,
  partial_dirac: {
    stock: pytorchUniform.stock,
    draw: (kernel, key) => setDirac(pytorchUniform.draw(kernel, key), kernel.shape),
  },
  // Until the kernel is made from images, which training insists on.
  whitening: pytorchUniform,
} satisfies { readonly [Name in KernelInitializerName]: KernelInitializer };

/** Returns TensorFlow.js's nearest initializer: model.json names one, though its values are replaced by {@link drawKernel}'s. */
export const stockInitializer = (name: KernelInitializerName): StockInitializer =>
  kernelInitializers[name].stock();

/**
 * An initial kernel, drawn from a key, so that every backend starts from the same bits: the distributions of Keras's
 * initializers of these names. `pytorch_uniform` is U(-limit, limit) with `limit = 1 / sqrt(fan_in)`, the default of PyTorch's
 * layers, and `partial_dirac`, for convolutions, the same with a Dirac delta for each channel in the first filters; so is
 * `whitening`, until `initializeFromImages` replaces it.
 *
 * @param shape [height, width, channels, filters] or [inputs, units].
 */
export const drawKernel = (
  initializer: KernelInitializerName,
  shape: readonly number[],
  key: RandomKey,
): Float32Array => {
  const size = shape.reduce((product, length) => product * length, 1);
  const [channels, filters] = [shape.at(-2)!, shape.at(-1)!];
  const window = size / (channels * filters);
  const kernel: Kernel = { shape, size, fanIn: window * channels, fanOut: window * filters };
  return kernelInitializers[initializer].draw(kernel, key);
};
