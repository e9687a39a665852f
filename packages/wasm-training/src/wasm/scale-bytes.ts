import { type NamedAttrMap, util } from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../errors.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend, withScratch } from './instance.ts';

/**
 * `ScaleBytes`: float32 numbers `byte / 255` of the attribute `bytes` in the attribute `shape`: images as a model takes them. A
 * kernel that only this backend has: it saves a conversion in JavaScript and the copy of its result.
 */
export const ScaleBytes = 'ScaleBytes';

export const scaleBytes: Kernel = ({ attrs, backend }) => {
  const { bytes, shape } = attrs as NamedAttrMap & { bytes: Uint8Array; shape: number[] };
  const wasmBackend = backend as WasmBackend;
  const size = util.sizeFromShape(shape);
  if (bytes.length !== size) {
    throw new UnsupportedOperationError(
      `${ScaleBytes}: expected ${size} bytes for the shape ${shape.join(' x ')}, found ${bytes.length}`,
    );
  }
  const y = wasmBackend.makeOutput([...shape], 'float32');
  const target = addressOf(wasmBackend, y, ScaleBytes);
  const kernels = kernelsOf(wasmBackend);
  withScratch(wasmBackend, bytes.length, (scratch) => {
    wasmBackend.wasm.HEAPU8.set(bytes, scratch);
    kernels.scaleBytes(scratch, target, bytes.length);
  });
  return y;
};
