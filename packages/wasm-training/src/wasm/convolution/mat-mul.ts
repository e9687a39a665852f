import { Add, BatchMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel, KernelCall } from '../../replace-kernel.ts';
import { addressOf, allFinite, kernelsOf, runKernel, type WasmBackend, withScratch } from '../instance.ts';
import { MIN_OUTPUTS } from './convolution.ts';
import { isSparse } from './is-sparse.ts';

interface Operands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly bias?: TensorInfo;
}

interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Matrix products, one operand maybe transposed, as in both gradients of a dense layer; zeros are skipped where there are many. */
export const batchMatMul =
  (stock: Kernel): Kernel =>
  (call) =>
    product(call) ?? stock(call);

/**
 * The same with a bias. Stock fused matmul of transposed operands is wrong where it adds one, so that the stock product
 * without is taken.
 */
export const fusedMatMul =
  (stock: Kernel): Kernel =>
  (call) => {
    const backend = call.backend as WasmBackend;
    const { a, b, bias } = call.inputs as unknown as Operands;
    const { transposeA = false, transposeB = false } = call.attrs as Transposed;
    const isPlain = !transposeA && !transposeB;
    const ours = product(call);
    if (!ours && isPlain) return stock(call);
    const sums = ours ?? runKernel(backend, BatchMatMul, { a, b }, { transposeA, transposeB });
    if (!bias) return sums;
    const sum = runKernel(backend, Add, { a: sums, b: bias });
    backend.disposeData(sums.dataId);
    return sum;
  };

/** The product of the operands without a bias; undefined where the stock kernel computes it faster, or ours cannot. */
const product = ({ inputs, attrs, backend }: KernelCall): TensorInfo | undefined => {
  const wasmBackend = backend as WasmBackend;
  const { transposeA = false, transposeB = false } = attrs as Transposed;
  const { a, b } = inputs as unknown as Operands;
  const batch = a.shape.slice(0, -2);
  const [rows, inner] = sidesOf(a, transposeA);
  const [, columns] = sidesOf(b, transposeB);
  const isOurs =
    a.dtype === 'float32' &&
    b.dtype === 'float32' &&
    !(transposeA && transposeB) &&
    columns >= MIN_OUTPUTS &&
    `${batch}` === `${b.shape.slice(0, -2)}`;
  if (!isOurs) return undefined;
  // 0 times a number of b that is not finite is NaN.
  if (transposeA && !allFinite(wasmBackend, b, BatchMatMul)) return undefined;
  const result = wasmBackend.makeOutput([...batch, rows, columns], 'float32');
  const [aAt, bAt, resultAt] = [a, b, result].map((tensor) => addressOf(wasmBackend, tensor, BatchMatMul));
  const count = batch.reduce((all, size) => all * size, 1);
  const kernels = kernelsOf(wasmBackend);
  const places = Array.from({ length: count }, (_, i) => [
    aAt! + i * bytesOf(rows * inner),
    bAt! + i * bytesOf(inner * columns),
    resultAt! + i * bytesOf(rows * columns),
  ]);
  if (transposeA) {
    // As the gradient of a dense layer's kernel.
    withScratch(wasmBackend, kernels.multiplyTransposedScratchBytes(inner, rows, columns), (scratch) => {
      for (const place of places) kernels.multiplyTransposed(...place, scratch, inner, rows, columns);
    });
  } else {
    const flags = [transposeB, isSparse(wasmBackend, a)].map(Number);
    withScratch(wasmBackend, kernels.multiplyScratchBytes(), (scratch) => {
      for (const place of places) kernels.multiply(...place, scratch, rows, inner, columns, ...flags);
    });
  }
  return result;
};

const bytesOf = (floats: number): number => floats * Float32Array.BYTES_PER_ELEMENT;

/** Rows and columns of the matrices of a tensor. */
const sidesOf = ({ shape }: TensorInfo, isTransposed: boolean): [number, number] => {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
};
