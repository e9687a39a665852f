import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { addressOf, kernelsOf, type WasmBackend } from '../instance.ts';

/**
 * Up to this fraction of non-zeros it is faster to list them than to multiply by the zeros too.
 */
const MAX_DENSITY = 0.85;

/** Parts of a tensor, as many as possible of the same length, whose non-zeros are counted: a sample. */
const SAMPLES = 16;
const SAMPLE_LENGTH = 4096;

/** Whether a float32 tensor has so many zeros that it pays to skip them, by a sample of its numbers. */
export const isSparse = (backend: WasmBackend, tensor: TensorInfo): boolean => {
  const { countNonZeros } = kernelsOf(backend);
  const length = util.sizeFromShape(tensor.shape);
  const address = addressOf(backend, tensor, 'isSparse');
  if (length <= SAMPLES * SAMPLE_LENGTH) return countNonZeros(address, length) <= MAX_DENSITY * length;
  let count = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const start = Math.floor(((length - SAMPLE_LENGTH) * i) / (SAMPLES - 1));
    count += countNonZeros(address + start * Float32Array.BYTES_PER_ELEMENT, SAMPLE_LENGTH);
  }
  return count <= MAX_DENSITY * SAMPLES * SAMPLE_LENGTH;
};
