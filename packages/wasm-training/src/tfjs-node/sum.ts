import { type KernelConfig, Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { attributesFor, nativeKernel } from './operation.ts';

/**
 * A sum over all axes but the last, as in the gradient of a bias, by TensorFlow's operation for just that: 1.5 ms
 * instead of 7 for the tutorial's first convolution at batch 250 on two cores.
 *
 * @param stock Serves every other sum.
 */
export const nativeSum = (stock: KernelConfig): KernelConfig =>
  nativeKernel(Sum, (backend, inputs, call) => {
    const x = inputs['x'] as TensorInfo;
    const { axis, keepDims } = call.attrs as unknown as SumAttrs;
    const axes = util.parseAxisParam(axis, x.shape);
    const last = x.shape.length - 1;
    const isOfBias = last > 0 && axes.length === last && !axes.includes(last);
    if (!isOfBias || keepDims || x.dtype !== 'float32') return stock.kernelFunc(call);

    const { float32, string } = attributesFor(backend);
    return backend.executeSingleOutput('BiasAddGrad', [float32, string('data_format', 'NHWC')], [x]);
  });
