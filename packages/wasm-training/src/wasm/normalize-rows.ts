import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from './instance.ts';

/*
 * Layer normalization of float32 tensors [..., features], by kernels that only this backend has. gamma and beta are float32
 * [features]; mean and inverse have a number for each row, the features of one place. A NaN in a row is one in all that is
 * computed from it.
 */

/**
 * `NormalizeRows`: `(x - mean) * inverse * gamma + beta`, where inverse is `1 / sqrt(variance + epsilon)`; returns that, mean and
 * inverse. Mean and variance are summed in float64.
 */
export const NormalizeRows = 'NormalizeRows';

export const normalizeRows: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, gamma, beta } = inputs as Record<'x' | 'gamma' | 'beta', TensorInfo>;
  const { epsilon } = attrs as { epsilon: number };
  const { rows, features } = sizesOf(x);
  const sources = [x, gamma, beta].map((one) => addressOf(wasmBackend, one, NormalizeRows));
  const found = [[...x.shape], [rows], [rows]].map((shape) => wasmBackend.makeOutput(shape, 'float32'));
  const targets = found.map((one) => addressOf(wasmBackend, one, NormalizeRows));
  kernelsOf(wasmBackend).normalizeRows(...sources, ...targets, rows, features, epsilon);
  return found;
};

/** `NormalizeRowsGradient`: the gradients of {@link NormalizeRows} with respect to x, gamma and beta, from its mean and inverse. */
export const NormalizeRowsGradient = 'NormalizeRowsGradient';

export const normalizeRowsGradient: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, x, gamma, mean, inverse } = inputs as Record<
    'dy' | 'x' | 'gamma' | 'mean' | 'inverse',
    TensorInfo
  >;
  const { rows, features } = sizesOf(x);
  const sources = [dy, x, gamma, mean, inverse].map((one) =>
    addressOf(wasmBackend, one, NormalizeRowsGradient),
  );
  const found = [[...x.shape], [features], [features]].map((shape) =>
    wasmBackend.makeOutput(shape, 'float32'),
  );
  const targets = found.map((one) => addressOf(wasmBackend, one, NormalizeRowsGradient));
  withScratch(wasmBackend, 2 * features * Float64Array.BYTES_PER_ELEMENT, (scratch) => {
    kernelsOf(wasmBackend).normalizeRowsGradient(...sources, ...targets, scratch, rows, features);
  });
  return found;
};

/** x as rows of features. */
const sizesOf = ({ shape }: TensorInfo): { readonly rows: number; readonly features: number } => ({
  rows: util.sizeFromShape(shape.slice(0, -1)),
  features: shape.at(-1)!,
});
