import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Kernel } from '../../replace-kernel.ts';
import { addressOf, allFinite, kernelsOf, maskAddressOf, type WasmBackend } from '../instance.ts';
import { argumentsOf, type Convolution, convolutionOf, MIN_OUTPUTS, withConvolution } from './convolution.ts';
import { isSparse } from './is-sparse.ts';

/** The gradient of conv2d with respect to its filter, which the stock backend lacks. */
export const conv2DBackpropFilter: Kernel = ({ inputs, attrs, backend }) => {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape, ...convolution } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const sizes = convolutionOf(x.shape, filterShape, convolution, Conv2DBackpropFilter);
  return filterGradient(backend as WasmBackend, x, dy, undefined, sizes);
};

/**
 * @param winners bool, the places of the maxima of the pooled output; undefined where it was not pooled
 * @returns float32 [kernelHeight, kernelWidth, inChannels, outChannels]
 */
export const filterGradient = (
  backend: WasmBackend,
  x: TensorInfo,
  dy: TensorInfo,
  winners: TensorInfo | undefined,
  sizes: Convolution,
): TensorInfo => {
  const [xAt, dyAt] = [x, dy].map((tensor) => addressOf(backend, tensor, Conv2DBackpropFilter));
  const winnersAt = placesAt(backend, winners, dy, Conv2DBackpropFilter);
  const { kernelHeight, kernelWidth, inChannels, outChannels } = sizes;
  const dw = backend.makeOutput([kernelHeight, kernelWidth, inChannels, outChannels], 'float32');
  const dwAt = addressOf(backend, dw, Conv2DBackpropFilter);
  withConvolution(
    backend,
    sizes,
    (kernels, address) => kernels.convolveFilterGradientScratchBytes(address),
    (kernels, address, scratch) =>
      kernels.convolveFilterGradient(address, xAt!, dyAt!, winnersAt, dwAt, scratch),
  );
  // A number of dy that is not finite has multiplied the padding; one of x may have been skipped with the zeros of dy.
  if (![dw, x].every((tensor) => allFinite(backend, tensor, Conv2DBackpropFilter))) {
    withUnpooled(backend, dy, winners, sizes, (gradient) =>
      kernelsOf(backend).convFilterGradientOfEveryProduct(xAt!, gradient, dwAt, ...argumentsOf(sizes)),
    );
  }
  return dw;
};

/** The gradient of conv2d with respect to its input, which is the forward pass of a transposed convolution. */
export const conv2DBackpropInput: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape, ...convolution } = attrs as unknown as Conv2DBackpropInputAttrs;
  const sizes = convolutionOf(inputShape, filter.shape, convolution, Conv2DBackpropInput);
  return inputGradient(backend as WasmBackend, dy, undefined, filter, inputShape, sizes);
};

/** Returns the gradient of the input; `winners` as in {@link filterGradient}. */
export const inputGradient = (
  backend: WasmBackend,
  dy: TensorInfo,
  winners: TensorInfo | undefined,
  filter: TensorInfo,
  inputShape: readonly number[],
  sizes: Convolution,
): TensorInfo => {
  const [dyAt, filterAt] = [dy, filter].map((tensor) => addressOf(backend, tensor, Conv2DBackpropInput));
  const winnersAt = placesAt(backend, winners, dy, Conv2DBackpropInput);
  const dx = backend.makeOutput([...inputShape], 'float32');
  const dxAt = addressOf(backend, dx, Conv2DBackpropInput);
  // 0 times a weight that is not finite is NaN, and zeros are skipped.
  if (allFinite(backend, filter, Conv2DBackpropInput)) {
    const mustSkip = winners !== undefined || sizes.strideHeight > 1 || sizes.strideWidth > 1;
    const sparse = Number(mustSkip || isSparse(backend, dy));
    withConvolution(
      backend,
      sizes,
      (kernels, address) => kernels.convolveInputGradientScratchBytes(address),
      (kernels, address, scratch) =>
        kernels.convolveInputGradient(address, dyAt!, winnersAt, filterAt!, dxAt, scratch, sparse),
    );
  } else {
    withUnpooled(backend, dy, winners, sizes, (gradient) =>
      kernelsOf(backend).convInputGradientOfEveryProduct(gradient, filterAt!, dxAt, ...argumentsOf(sizes)),
    );
  }
  return dx;
};

/** The address of `winners`, which are the places of the maxima of `pooled` or of its gradient; 0 where there are none. */
const placesAt = (
  backend: WasmBackend,
  winners: TensorInfo | undefined,
  pooled: TensorInfo,
  operation: string,
): number => (winners ? maskAddressOf(backend, winners, pooled, operation) : 0);

/** Calls `use` with the address of the gradient of the output before it was pooled. */
const withUnpooled = (
  backend: WasmBackend,
  dy: TensorInfo,
  winners: TensorInfo | undefined,
  sizes: Convolution,
  use: (gradient: number) => void,
): void => {
  const dyAt = addressOf(backend, dy, Conv2DBackpropFilter);
  if (!winners) {
    use(dyAt);
    return;
  }
  const { batch, outHeight, outWidth, outChannels } = sizes;
  const bytes = batch * outHeight * outWidth * outChannels * Float32Array.BYTES_PER_ELEMENT;
  withConvolution(
    backend,
    sizes,
    () => bytes,
    (kernels, address, gradient) => {
      kernels.unpool(address, dyAt, placesAt(backend, winners, dy, Conv2DBackpropFilter), gradient);
      use(gradient);
    },
  );
};

/** The steps after the sums of a convolution. */
interface Finish {
  readonly bias?: TensorInfo | undefined;
  readonly winners?: TensorInfo | undefined;
  readonly relu?: boolean;
}

/** Writes a convolution to `y`. */
export const convolve = (
  backend: WasmBackend,
  x: TensorInfo,
  filter: TensorInfo,
  y: TensorInfo,
  sizes: Convolution,
  { bias, winners, relu = false }: Finish = {},
): void => {
  const [xAt, filterAt, yAt] = [x, filter, y].map((tensor) => addressOf(backend, tensor, Conv2D));
  const biasAt = bias ? addressOf(backend, bias, Conv2D) : 0;
  // 0 times a weight that is not finite is NaN.
  const sparse = isSparse(backend, x) && allFinite(backend, filter, Conv2D);
  withConvolution(
    backend,
    sizes,
    (kernels, address) => kernels.convolveScratchBytes(address),
    (kernels, address, scratch) =>
      kernels.convolve(
        ...[address, xAt!, filterAt!, biasAt, yAt!, placesAt(backend, winners, y, Conv2D), scratch],
        ...[Number(sparse), Number(relu)],
      ),
  );
};

/** The stock forward kernel, but for a convolution that ours is faster for. */
export const conv2D =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo };
    const attrs = call.attrs as unknown as Conv2DAttrs;
    return convolved(call.backend as WasmBackend, x, filter, undefined, attrs) ?? stock(call);
  };

/** The same with a bias. */
export const fusedConv2D =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x, filter, bias } = call.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const attrs = call.attrs as unknown as FusedConv2DAttrs;
    if (!bias || (attrs.activation ?? 'linear') !== 'linear') return stock(call);
    return convolved(call.backend as WasmBackend, x, filter, bias, attrs) ?? stock(call);
  };

const convolved = (
  backend: WasmBackend,
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  attrs: Conv2DAttrs,
): TensorInfo | undefined => {
  const isOurs =
    attrs.dataFormat === 'NHWC' &&
    x.dtype === 'float32' &&
    filter.dtype === 'float32' &&
    filter.shape[3]! >= MIN_OUTPUTS &&
    backend_util.tupleValuesAreOne(attrs.dilations) &&
    (bias === undefined || (bias.dtype === 'float32' && bias.shape.length === 1));
  if (!isOurs) return undefined;
  const sizes = convolutionOf(x.shape, filter.shape, attrs, Conv2D);
  const y = backend.makeOutput([sizes.batch, sizes.outHeight, sizes.outWidth, sizes.outChannels], 'float32');
  convolve(backend, x, filter, y, sizes, { bias });
  return y;
};
