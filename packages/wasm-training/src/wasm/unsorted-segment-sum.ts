import {
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { UnsupportedOperationError } from '../errors.ts';
import type { Kernel } from '../replace-kernel.ts';
import { addressOf, kernelsOf, type WasmBackend } from './instance.ts';

/** Sums the rows of each segment, as the gradient of gather does, which the stock backend does not have. */
export const unsortedSegmentSum: Kernel = ({ inputs, attrs, backend }) => {
  const wasmBackend = backend as WasmBackend;
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
  if (segmentIds.dtype !== 'int32' || segmentIds.shape.length !== 1) {
    throw new UnsupportedOperationError(
      `${UnsortedSegmentSum}: expected one int32 id of a segment for each row, got ${segmentIds.dtype} of shape [${segmentIds.shape}]: cast and reshape them first`,
    );
  }
  const source = addressOf(wasmBackend, x, UnsortedSegmentSum);
  const ids = wasmBackend.dataIdMap.get(segmentIds.dataId).memoryOffset;
  const ofRow = x.shape.slice(1);
  const sums = wasmBackend.makeOutput([numSegments, ...ofRow], 'float32');
  kernelsOf(wasmBackend).sumSegments(
    ...[source, ids, addressOf(wasmBackend, sums, UnsortedSegmentSum)],
    ...[segmentIds.shape[0]!, util.sizeFromShape(ofRow), numSegments],
  );
  return sums;
};
