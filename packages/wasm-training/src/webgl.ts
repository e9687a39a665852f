import { MaxPool, type MaxPoolAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { type PoolInfo, poolInfoOf } from './pooling.ts';
import { type Kernel, replaceKernel } from './replace-kernel.ts';

/** A fragment shader, as the WebGL backend takes it. */
interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
}

interface WebglBackend {
  runWebGLProgram(program: Program, inputs: readonly TensorInfo[], dtype: string): TensorInfo;
}

/** The largest number of each window, NaN where it has one: drivers differ in the `max` of a NaN. */
const programOf = (info: PoolInfo): Program => ({
  variableNames: ['x'],
  outputShape: info.outShape,
  userCode: `
    void main() {
      ivec4 coords = getOutputCoords();
      ivec2 corner = coords.yz * ivec2(${info.strideHeight}, ${info.strideWidth})
        - ivec2(${info.padInfo.top}, ${info.padInfo.left});
      float largest = 0.0;
      bool hasNumber = false;
      bool hasNaN = false;
      for (int row = 0; row < ${info.filterHeight}; row++) {
        int y = corner.x + row;
        if (y < 0 || y >= ${info.inHeight}) continue;
        for (int column = 0; column < ${info.filterWidth}; column++) {
          int x = corner.y + column;
          if (x < 0 || x >= ${info.inWidth}) continue;
          float value = getX(coords.x, y, x, coords.w);
          hasNaN = hasNaN || isnan(value);
          largest = hasNumber ? max(largest, value) : value;
          hasNumber = true;
        }
      }
      setOutput(hasNaN ? NAN : largest);
    }
  `,
});

const maxPool =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype !== 'float32') return stock(call);
    const info = poolInfoOf(x, call.attrs as unknown as MaxPoolAttrs);
    return (call.backend as unknown as WebglBackend).runWebGLProgram(programOf(info), [x], x.dtype);
  };

/** Makes max pooling of TensorFlow.js's `webgl` backend keep NaN, as `numpy.max` does. Calling it again changes nothing. */
export const replaceWebglKernels = (): void => replaceKernel('webgl', MaxPool, maxPool);
