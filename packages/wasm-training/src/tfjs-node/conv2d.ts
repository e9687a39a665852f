import { backend_util, dispose, type FusedConv2DAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { attributesFor, type NativeBackend, oneDnnKernel } from './operation.ts';

type Shape4D = [number, number, number, number];

/**
 * A convolution that adds its bias in the same pass: tfjs-node's own kernel adds it in a second pass over the output, which
 * doubles the time of the tutorial's first convolution.
 *
 * @param stock Computes whatever is not a float32 convolution with a bias per channel, padding `valid` or `same`, and ReLU or
 *   no activation.
 */
export const fusedConv2D =
  (stock: Kernel): Kernel =>
  (call) => {
    const backend = call.backend as unknown as NativeBackend;
    const { x, filter, bias } = call.inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const { strides, pad, dataFormat, dilations, dimRoundingMode, activation } =
      call.attrs as unknown as FusedConv2DAttrs;
    const isPlain =
      x.dtype === 'float32' && dataFormat === 'NHWC' && bias?.shape.length === 1 && isKnown(activation);
    if (!isPlain) return stock(call);
    const info = backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      strides,
      dilations,
      pad,
      dimRoundingMode,
    );
    const padding = info.padInfo.type;
    if (padding !== 'VALID' && padding !== 'SAME') return stock(call);

    const { float32, ints, string, boolean } = attributesFor(backend);
    const attributes = [
      float32,
      ints('strides', [1, info.strideHeight, info.strideWidth, 1]),
      ints('dilations', [1, info.dilationHeight, info.dilationWidth, 1]),
      string('padding', padding),
      string('data_format', 'NHWC'),
      boolean('use_cudnn_on_gpu', true),
      oneDnnKernel(backend),
    ];
    const inputs = [x, filter, bias!];
    const convolved = backend.executeSingleOutput('_MklNativeConv2DWithBias', attributes, inputs);
    if (activation !== 'relu') return convolved;
    const activated = backend.executeSingleOutput('Relu', [float32], [convolved]);
    dispose(convolved);
    return activated;
  };

const isKnown = (activation: FusedConv2DAttrs['activation']): boolean =>
  activation === undefined || activation === null || activation === 'linear' || activation === 'relu';
