import {
  engine,
  type KernelBackend,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  Sum,
  type Tensor,
  type TensorInfo,
  tensor,
} from '@tensorflow/tfjs-core';
import { mapWindows, type PoolInfo, poolInfoOf } from './pooling.ts';
import { type Kernel, replaceKernel } from './replace-kernel.ts';

/** Whether a float32 tensor has a NaN. */
type HasNaN = (backend: KernelBackend, x: TensorInfo) => boolean;

const valuesOf = (backend: KernelBackend, { dataId }: TensorInfo): Float32Array =>
  backend.readSync(dataId) as Float32Array;

/** For each window, the place of its first NaN in `x`, or else of its first maximum. */
const placesOf = (x: Float32Array, info: PoolInfo): readonly number[] =>
  mapWindows(info, (places) =>
    places.reduce(
      (best, place) =>
        best < 0 || x[place]! > x[best]! || (Number.isNaN(x[place]) && !Number.isNaN(x[best])) ? place : best,
      // Of a window that is all padding.
      -1,
    ),
  );

/** The stock max pooling, but for an input with NaN: a window that has one gives NaN. */
const maxPool =
  (stock: Kernel, hasNaN: HasNaN): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const backend = call.backend as KernelBackend;
    if (x.dtype !== 'float32' || !hasNaN(backend, x)) return stock(call);
    const info = poolInfoOf(x, call.attrs as unknown as MaxPoolAttrs);
    const values = valuesOf(backend, x);
    return tensor(
      Float32Array.from(placesOf(values, info), (place) => values[place]!),
      info.outShape,
    );
  };

/** The stock gradient of max pooling, but for a window with NaN: its gradient goes to the first one. */
const maxPoolGrad =
  (stock: Kernel, hasNaN: HasNaN): Kernel =>
  (call) => {
    const { dy, input, output } = call.inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
    const backend = call.backend as KernelBackend;
    if (input.dtype !== 'float32' || !hasNaN(backend, output)) return stock(call);
    const values = valuesOf(backend, input);
    const slopes = valuesOf(backend, dy);
    const gradient = new Float32Array(values.length);
    const info = poolInfoOf(input, call.attrs as unknown as MaxPoolGradAttrs);
    for (const [window, place] of placesOf(values, info).entries()) gradient[place]! += slopes[window]!;
    return tensor(gradient, input.shape as [number, number, number, number]);
  };

/**
 * Makes max pooling of a backend keep NaN, as `numpy.max` does. Stock backends ignore NaN, and return -Infinity or the lowest
 * number for a window of nothing else: the predictions of a diverged model would look like any others.
 *
 * @param createGrad Returns the gradient's kernel for inputs without NaN, from the stock one.
 */
export const keepNaNInMaxPool = (
  backendName: string,
  hasNaN: HasNaN,
  createGrad: (stock: Kernel) => Kernel = (stock) => stock,
): void => {
  replaceKernel(backendName, MaxPool, (stock) => maxPool(stock, hasNaN));
  replaceKernel(backendName, MaxPoolGrad, (stock) => maxPoolGrad(createGrad(stock), hasNaN));
};

/** Looks at every number. */
export const someNaN: HasNaN = (backend, x) => valuesOf(backend, x).some(Number.isNaN);

/**
 * Looks at one sum, which is quick in native TensorFlow. It is also not finite for infinities and for sums beyond float32,
 * where a NaN is looked for in vain.
 */
export const sumIsNotFinite: HasNaN = (_, x) => {
  const axis = x.shape.map((_, i) => i);
  const total = engine().runKernel(Sum, { x: x as Tensor }, { axis, keepDims: false }) as Tensor;
  const found = !Number.isFinite(total.dataSync()[0]);
  total.dispose();
  return found;
};
