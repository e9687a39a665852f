import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { elementOf, flat, type Program, type WebgpuBackend } from './program.ts';

/** dy times 1 or 0, so that a NaN of dy stays, and NaN where x is NaN: what the stock gradient computes in two programs. */
const programOf = (size: number): Program => {
  const component = size % 4 === 0 ? 4 : 1;
  const { float, findsNaN } = elementOf(component);
  return {
    ...flat([size], component),
    shaderKey: `reluGradient_${component}`,
    variableNames: ['dy', 'x'],
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let value = x[index];
          let slope = select(${float}(0.0), ${float}(1.0), value > ${float}(0.0));
          setOutputAtIndex(index, select(dy[index] * slope, value, ${findsNaN}(value)));
        }
      }
    `,
  };
};

/** The gradient of ReLU, from float32 tensors. */
export const reluGrad: Kernel = (call) => {
  const { dy, x } = call.inputs as { dy: TensorInfo; x: TensorInfo };
  const size = x.shape.reduce((product, length) => product * length, 1);
  const gradient = (call.backend as unknown as WebgpuBackend).runWebGPUProgram(
    programOf(size),
    [flattened(dy, size), flattened(x, size)],
    'float32',
  );
  return { ...gradient, shape: x.shape };
};

/** A shader that does not depend on the tensors' rank is compiled once. */
const flattened = (tensor: TensorInfo, size: number): TensorInfo => ({ ...tensor, shape: [size] });
