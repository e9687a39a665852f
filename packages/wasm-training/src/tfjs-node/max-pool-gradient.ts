import { dispose, type MaxPoolGradAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import { attributesFor, type NativeBackend, oneDnnKernel } from './operation.ts';

/**
 * The gradient of max pooling by oneDNN, which tfjs-node's own kernel does not reach: TensorFlow's plain operation
 * takes 47 ms for the tutorial's first pooling at batch 250 on two cores, a quarter of a training step. oneDNN's, with
 * the forward pass that finds each window's maximum for it, takes 7, with the same numbers.
 *
 * @param stock Computes whatever is not a float32 pooling with padding `valid` or `same`.
 */
export const maxPoolGrad =
  (stock: Kernel): Kernel =>
  (call) => {
    const backend = call.backend as unknown as NativeBackend;
    const { dy, input: x } = call.inputs as { dy: TensorInfo; input: TensorInfo };
    const info = poolInfoOf(x, call.attrs as unknown as MaxPoolGradAttrs);
    const padding = info.padInfo.type;
    if (x.dtype !== 'float32' || (padding !== 'VALID' && padding !== 'SAME')) return stock(call);

    const { float32, ints, string, boolean } = attributesFor(backend);
    const attributes = [
      float32,
      ints('ksize', [1, info.filterHeight, info.filterWidth, 1]),
      ints('strides', [1, info.strideHeight, info.strideWidth, 1]),
      string('padding', padding),
      string('data_format', 'NHWC'),
      boolean('workspace_enabled', true),
      oneDnnKernel(backend),
    ];
    const pooled = backend.executeMultipleOutputs('_MklNativeMaxPool', attributes, [x], 2);
    const [output, workspace] = pooled;
    const inputs = [x, output!, dy, workspace!];
    const gradient = backend.executeSingleOutput('_MklNativeMaxPoolGrad', attributes, inputs);
    dispose(pooled);
    return gradient;
  };
