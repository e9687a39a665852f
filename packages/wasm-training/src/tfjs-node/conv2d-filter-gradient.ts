import {
  type Conv2DBackpropFilterAttrs,
  dispose,
  engine,
  type NamedAttrMap,
  StridedSlice,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';

/**
 * The gradient of a convolution with respect to filters of 1 by 1 that pass over pixels, as in the shortcut of a residual block:
 * that of stride 1 over the pixels that they see. TensorFlow's own, 2.18 with oneDNN, writes beyond its memory for some shapes,
 * [25, 16, 16, 8] for one, which ends the process; Python's does too.
 *
 * @param stock Computes every other filter gradient.
 */
export const conv2DBackpropFilter =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: Tensor };
    const attrs = call.attrs as unknown as Conv2DBackpropFilterAttrs;
    const { filterShape, strides, pad, dataFormat } = attrs;
    const [strideHeight, strideWidth = strideHeight] = [strides].flat();
    const isKnown = dataFormat === 'NHWC' && (pad === 'valid' || pad === 'same');
    const passesOver = filterShape[0] === 1 && filterShape[1] === 1 && strideHeight! * strideWidth! > 1;
    if (!isKnown || !passesOver) return stock(call);
    const seen = engine().runKernel(
      StridedSlice,
      { x },
      {
        begin: [0, 0, 0, 0],
        end: x.shape,
        strides: [1, strideHeight!, strideWidth!, 1],
        beginMask: 0,
        endMask: 0,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 0,
      },
    ) as Tensor;
    const gradient = stock({
      ...call,
      inputs: { ...call.inputs, x: seen },
      attrs: { ...attrs, strides: 1 } as unknown as NamedAttrMap,
    });
    dispose(seen);
    return gradient;
  };
