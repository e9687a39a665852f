import {
  backend_util,
  engine,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  registerKernel,
  Sum,
  type Tensor,
  type TensorInfo,
  tensor,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;
type Attrs = MaxPoolAttrs | MaxPoolGradAttrs;

const poolInfoOf = ({ shape }: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Attrs): PoolInfo =>
  backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );

const valuesOf = (backend: KernelBackend, { dataId }: TensorInfo): Float32Array =>
  backend.readSync(dataId) as Float32Array;

/** Of each window the place of its first NaN in `x`, or of its first largest number; in the order of the output. */
const placesOf = (x: Float32Array, info: PoolInfo): Int32Array => {
  const { inHeight, inWidth, inChannels } = info;
  const places = new Int32Array(info.batchSize * info.outHeight * info.outWidth * inChannels);
  let window = 0;
  for (let n = 0; n < info.batchSize; n++) {
    for (let oy = 0; oy < info.outHeight; oy++) {
      const top = oy * info.strideHeight - info.padInfo.top;
      for (let ox = 0; ox < info.outWidth; ox++) {
        const left = ox * info.strideWidth - info.padInfo.left;
        for (let c = 0; c < inChannels; c++) {
          let place = -1;
          for (let iy = Math.max(0, top); iy < Math.min(inHeight, top + info.filterHeight); iy++) {
            for (let ix = Math.max(0, left); ix < Math.min(inWidth, left + info.filterWidth); ix++) {
              const at = ((n * inHeight + iy) * inWidth + ix) * inChannels + c;
              if (place < 0 || x[at]! > x[place]! || (Number.isNaN(x[at]) && !Number.isNaN(x[place]))) {
                place = at;
              }
            }
          }
          places[window++] = place;
        }
      }
    }
  }
  return places;
};

/** A max pooling whose windows with a NaN give NaN. @param hasNaN Whether a tensor has one, as quickly as it can be known. */
const maxPool = (stock: KernelConfig, hasNaN: HasNaN): KernelConfig => ({
  ...stock,
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const backend = call.backend as KernelBackend;
    if (x.dtype !== 'float32' || !hasNaN(backend, x)) return stock.kernelFunc(call);
    const info = poolInfoOf(x, call.attrs as unknown as MaxPoolAttrs);
    const values = valuesOf(backend, x);
    return tensor(
      Float32Array.from(placesOf(values, info), (place) => values[place]!),
      info.outShape,
    );
  },
});

/** Its gradient, which goes to the first NaN of such a window. */
const maxPoolGrad = (stock: KernelConfig, hasNaN: HasNaN): KernelConfig => ({
  ...stock,
  kernelFunc: (call) => {
    const { dy, input, output } = call.inputs as { dy: TensorInfo; input: TensorInfo; output: TensorInfo };
    const backend = call.backend as KernelBackend;
    if (input.dtype !== 'float32' || !hasNaN(backend, output)) return stock.kernelFunc(call);
    const values = valuesOf(backend, input);
    const slopes = valuesOf(backend, dy);
    const gradient = new Float32Array(values.length);
    placesOf(values, poolInfoOf(input, call.attrs as unknown as MaxPoolGradAttrs)).forEach(
      (place, window) => {
        gradient[place]! += slopes[window]!;
      },
    );
    return tensor(gradient, input.shape as [number, number, number, number]);
  },
});

type HasNaN = (backend: KernelBackend, x: TensorInfo) => boolean;

/**
 * Lets max pooling of a backend keep NaN, as `numpy.max` does; doing it again changes nothing. Stock backends leave it out
 * of a window, and make -Infinity or the lowest number of a window that has nothing else: a diverged model would answer as
 * if it were none.
 */
export const keepNaNInMaxPool = (backendName: string, hasNaN: HasNaN): void => {
  for (const [kernelName, keep] of [
    [MaxPool, maxPool],
    [MaxPoolGrad, maxPoolGrad],
  ] as const) {
    const stock = getKernel(kernelName, backendName);
    if (!stock || keepsNaN.has(stock)) continue;
    const kernel = keep(stock, hasNaN);
    unregisterKernel(kernelName, backendName);
    registerKernel(kernel);
    keepsNaN.add(kernel);
  }
};

/** The kernels of {@link keepNaNInMaxPool}. */
export const keepsNaN = new WeakSet<KernelConfig>();

/** Looks at every number. */
export const someNaN: HasNaN = (backend, x) => valuesOf(backend, x).some(Number.isNaN);

/**
 * By one sum, which is quick in native TensorFlow: it is finite where there is none, but for sums beyond float32, and no
 * harm is done when it is taken for one.
 */
export const sumIsNoNumber: HasNaN = (_, x) => {
  const axis = x.shape.map((_, i) => i);
  const total = engine().runKernel(Sum, { x: x as Tensor }, { axis, keepDims: false }) as Tensor;
  const found = Number.isFinite(total.dataSync()[0]);
  total.dispose();
  return !found;
};
