import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from './instance.ts';

/*
 * Batch normalization of float32 tensors [..., channels], each part of it in one pass, by kernels that only this backend has.
 * Vectors are float32 [channels]. A NaN in a channel is one in all that is computed from it.
 */

/** `ChannelMoments`: mean and variance of each channel of x, summed in float64. */
export const ChannelMoments = 'ChannelMoments';

export const channelMoments: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x } = inputs as { x: TensorInfo };
  const { rows, channels } = sizesOf(x);
  const source = addressOf(wasmBackend, x, ChannelMoments);
  const found = [0, 1].map(() => wasmBackend.makeOutput([channels], 'float32'));
  const [mean, variance] = found.map((vector) => addressOf(wasmBackend, vector, ChannelMoments));
  withScratch(wasmBackend, 2 * channels * Float64Array.BYTES_PER_ELEMENT, (scratch) => {
    kernelsOf(wasmBackend).channelMoments(source, mean!, variance!, scratch, rows, channels);
  });
  return found;
};

/** `NormalizeChannels`: `(x - mean) * scale + offset`. */
export const NormalizeChannels = 'NormalizeChannels';

export const normalizeChannels: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, mean, scale, offset } = inputs as Record<'x' | 'mean' | 'scale' | 'offset', TensorInfo>;
  const sources = [x, mean, scale, offset].map((one) => addressOf(wasmBackend, one, NormalizeChannels));
  const y = wasmBackend.makeOutput([...x.shape], 'float32');
  const { rows, channels } = sizesOf(x);
  const target = addressOf(wasmBackend, y, NormalizeChannels);
  kernelsOf(wasmBackend).normalizeChannels(...sources, target, rows, channels);
  return y;
};

/** `NormalizationSums`: `sum(dy)` and `sum(dy * (x - mean) * inverse)` of each channel. */
export const NormalizationSums = 'NormalizationSums';

export const normalizationSums: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, x, mean, inverse } = inputs as Record<'dy' | 'x' | 'mean' | 'inverse', TensorInfo>;
  const { rows, channels } = sizesOf(x);
  const sources = [dy, x, mean, inverse].map((one) => addressOf(wasmBackend, one, NormalizationSums));
  const found = [0, 1].map(() => wasmBackend.makeOutput([channels], 'float32'));
  const targets = found.map((vector) => addressOf(wasmBackend, vector, NormalizationSums));
  withScratch(wasmBackend, 2 * channels * Float64Array.BYTES_PER_ELEMENT, (scratch) => {
    kernelsOf(wasmBackend).normalizationSums(...sources, ...targets, scratch, rows, channels);
  });
  return found;
};

/**
 * `NormalizationGradient`: the gradient of a normalization by the statistics of x with respect to x,
 * `(dy - meanOfDy - (x - mean) * inverse * meanOfDyXhat) * scale`.
 */
export const NormalizationGradient = 'NormalizationGradient';

type GradientInput = 'dy' | 'x' | 'mean' | 'inverse' | 'scale' | 'meanOfDy' | 'meanOfDyXhat';

export const normalizationGradient: Kernel = ({ inputs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { dy, x, mean, inverse, scale, meanOfDy, meanOfDyXhat } = inputs as Record<GradientInput, TensorInfo>;
  const { rows, channels } = sizesOf(x);
  const sources = [dy, x, mean, inverse, scale, meanOfDy, meanOfDyXhat].map((one) =>
    addressOf(wasmBackend, one, NormalizationGradient),
  );
  const dx = wasmBackend.makeOutput([...x.shape], 'float32');
  const target = addressOf(wasmBackend, dx, NormalizationGradient);
  withScratch(wasmBackend, channels * Float32Array.BYTES_PER_ELEMENT, (scratch) => {
    kernelsOf(wasmBackend).normalizationGradient(...sources, target, scratch, rows, channels);
  });
  return dx;
};

/** x as rows of channels. */
const sizesOf = ({ shape }: TensorInfo): { readonly rows: number; readonly channels: number } => ({
  rows: util.sizeFromShape(shape.slice(0, -1)),
  channels: shape.at(-1)!,
});
