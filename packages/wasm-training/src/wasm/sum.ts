import { Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/**
 * The stock kernel, but for a sum over leading axes of a float32 tensor, as in the gradient of a bias: there
 * the stock one transposes the whole tensor first.
 */
export const sum =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { axis, keepDims } = call.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const leading = axes.length < x.shape.length && axes.every((axis, i) => axis === i);
    if (!leading || axes.length === 0 || x.dtype !== 'float32') return stock(call);

    const backend = call.backend as WasmBackend;
    const kept = x.shape.slice(axes.length);
    const columns = util.sizeFromShape(kept);
    const sums = backend.makeOutput(keepDims ? [...axes.map(() => 1), ...kept] : kept, 'float32');
    const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
    kernelsOf(backend).sumRows(addressOf(backend, x, Sum), addressOf(backend, sums, Sum), rows, columns);
    return sums;
  };
