import { backend_util, util } from '@tensorflow/tfjs-core';
import type { KernelCall, Operand } from './kernel-calls.ts';

/**
 * Returns the floating-point operations of a call, two for each product without a zero that the kernels skip;
 * undefined where a call is no sum of products.
 */
export const workOf = ({ kernelName, operands, attrs }: KernelCall): number | undefined => {
  const { x, dy, winners, filter, a, b } = operands;
  const { filterShape, inputShape, poolSize, transposeA, transposeB } = (attrs ?? {}) as unknown as {
    filterShape?: number[];
    inputShape?: number[];
    poolSize?: [number, number];
    transposeA?: boolean;
    transposeB?: boolean;
  };
  if (kernelName.endsWith('MatMul')) {
    const [rows, inner] = sides(a!, transposeA);
    const [, columns] = sides(b!, transposeB);
    return 2 * rows * inner * columns * density(a!);
  }
  const kernel = filterShape ?? filter?.shape;
  if (!kernel || !/Conv2D/.test(kernelName) || kernelName.includes('Depthwise')) return undefined;
  const perOutput = 2 * util.sizeFromShape(kernel.slice(0, 3));
  // Of a gradient, every number that is not zero meets every weight of its channel once.
  if (dy) return passedOn(dy, winners) * perOutput;
  const info = backend_util.computeConv2DInfo(
    (x?.shape ?? inputShape) as [number, number, number, number],
    kernel as [number, number, number, number],
    ((attrs as { strides?: number }).strides ?? 1) as number,
    1,
    (attrs as { pad?: 'valid' }).pad!,
  );
  const [rows, columns] = poolSize
    ? [info.outHeight - (info.outHeight % poolSize[0]), info.outWidth - (info.outWidth % poolSize[1])]
    : [info.outHeight, info.outWidth];
  return info.batchSize * rows * columns * info.outChannels * perOutput * density(x!);
};

/** The place of a winner that ReLU lets no gradient through. */
const NOWHERE = 255;

/** The number of gradients that are not zero, nor stopped by the ReLU after a pooling. */
const passedOn = (dy: Operand, winners: Operand | undefined): number =>
  winners
    ? nonZeros({ ...dy, values: dy.values.map((value, i) => (winners.values[i] === NOWHERE ? 0 : value)) })
    : nonZeros(dy);

/** The fraction of numbers that are not zero. */
export const density = (operand: Operand): number => nonZeros(operand) / operand.values.length;

const nonZeros = ({ values }: Operand): number => {
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  return count;
};

const sides = ({ shape }: Operand, isTransposed = false): [number, number] => {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
};
