import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { attributesFor, type NativeBackend } from './operation.ts';

/**
 * TensorFlow's operation: dy where x > 0, else 0. TensorFlow.js's own gradient takes tfjs-node six passes over the tensor, two
 * of them in JavaScript: a third of the tutorial's training step.
 */
export const reluGrad: Kernel = (call) => {
  const backend = call.backend as unknown as NativeBackend;
  const { dy, x } = call.inputs as { dy: TensorInfo; x: TensorInfo };
  return backend.executeSingleOutput('ReluGrad', [attributesFor(backend).float32], [dy, x]);
};
