import { Mean, type MeanAttrs, Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel, KernelCall } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/**
 * The stock kernel, but for sums of float32 numbers over leading axes, as in the gradient of a bias, where the stock one
 * transposes the whole tensor first, and for those of many numbers, as in the penalty on a kernel, which the stock one adds
 * to one float each: of some millions the fourth digit is wrong then.
 */
export const sum =
  (stock: Kernel): Kernel =>
  (call) =>
    sumOfLeadingAxes(call) ?? sumOfManyNumbers(call, Sum) ?? stock(call);

/** The stock kernel, but for means of many float32 numbers, as {@link sum}. */
export const mean =
  (stock: Kernel): Kernel =>
  (call) =>
    sumOfManyNumbers(call, Mean) ?? stock(call);

/** Numbers that one float takes the sum of without losing a digit. */
const MANY = 1024;

const sumOfLeadingAxes = (call: KernelCall): TensorInfo | undefined => {
  const { x, axes, keepDims } = reductionOf(call);
  const leading = axes.length < x.shape.length && axes.every((axis, i) => axis === i);
  if (!leading || axes.length === 0 || x.dtype !== 'float32') return undefined;

  const backend = call.backend as WasmBackend;
  const kept = x.shape.slice(axes.length);
  const columns = util.sizeFromShape(kept);
  const sums = backend.makeOutput(keepDims ? [...axes.map(() => 1), ...kept] : kept, 'float32');
  const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
  kernelsOf(backend).sumRows(addressOf(backend, x, Sum), addressOf(backend, sums, Sum), rows, columns);
  return sums;
};

const sumOfManyNumbers = (call: KernelCall, operation: typeof Sum | typeof Mean): TensorInfo | undefined => {
  const { x, axes, keepDims } = reductionOf(call);
  const kept = x.shape.slice(0, x.shape.length - axes.length);
  const trailing = axes.every((axis, i) => axis === kept.length + i);
  const count = util.sizeFromShape(x.shape.slice(kept.length));
  if (!trailing || x.dtype !== 'float32' || count <= MANY) return undefined;

  const backend = call.backend as WasmBackend;
  const sums = backend.makeOutput(keepDims ? [...kept, ...axes.map(() => 1)] : kept, 'float32');
  const { sumNumbers } = kernelsOf(backend);
  const [source, target] = [x, sums].map((tensor) => addressOf(backend, tensor, operation));
  const divisor = operation === Mean ? count : 1;
  const totals = Float32Array.from(
    { length: util.sizeFromShape(kept) },
    (_, row) => sumNumbers(source! + row * count * BYTES, count) / divisor,
  );
  new Float32Array(backend.wasm.HEAPU8.buffer, target, totals.length).set(totals);
  return sums;
};

const BYTES = Float32Array.BYTES_PER_ELEMENT;

const reductionOf = ({ inputs, attrs }: KernelCall) => {
  const { x } = inputs as { x: TensorInfo };
  const { axis, keepDims } = attrs as unknown as SumAttrs & MeanAttrs;
  return { x, axes: util.parseAxisParam(axis, x.shape).sort((a, b) => a - b), keepDims };
};
