import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/**
 * The stock kernel, called with operands that have been transposed in memory where they are to be. Stock matmul is
 * XNNPACK's when neither operand is transposed and a plain triple loop when one is, as in both gradients of a dense layer.
 */
export const transposingFirst =
  (operation: string, stock: Kernel): Kernel =>
  (call) => {
    const backend = call.backend as WasmBackend;
    const { transposeA, transposeB } = call.attrs as { transposeA?: boolean; transposeB?: boolean };
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    if (!transposeA && !transposeB) return stock(call);
    const left = transposeA ? transposed(backend, a, operation) : a;
    const right = transposeB ? transposed(backend, b, operation) : b;
    const product = stock({
      ...call,
      inputs: { ...call.inputs, a: left, b: right },
      attrs: { ...call.attrs, transposeA: false, transposeB: false },
    });
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return product;
  };

/** [..., rows, columns] -> [..., columns, rows] */
const transposed = (backend: WasmBackend, matrix: TensorInfo, operation: string): TensorInfo => {
  const [rows, columns] = matrix.shape.slice(-2) as [number, number];
  const batch = matrix.shape.slice(0, -2);
  const count = batch.reduce((product, size) => product * size, 1);
  const source = addressOf(backend, matrix, operation);
  const result = backend.makeOutput([...batch, columns, rows], 'float32');
  const target = addressOf(backend, result, operation);
  const { transpose2d } = kernelsOf(backend);
  const bytes = rows * columns * Float32Array.BYTES_PER_ELEMENT;
  for (let i = 0; i < count; i++) transpose2d(source + i * bytes, target + i * bytes, rows, columns);
  return result;
};
