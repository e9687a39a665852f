import {
  backend_util,
  getKernel,
  type KernelConfig,
  MaxPool,
  type MaxPoolAttrs,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** What a fragment shader computes, as the WebGL backend takes it. */
interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
}

interface WebglBackend {
  runWebGLProgram(program: Program, inputs: readonly TensorInfo[], dtype: string): TensorInfo;
}

type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;

/** The largest number of each window, NaN where it has one: what `max` makes of NaN is for each driver to say. */
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

const maxPool = (stock: KernelConfig): KernelConfig => ({
  ...stock,
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as MaxPoolAttrs;
    if (x.dtype !== 'float32') return stock.kernelFunc(call);
    const info = backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return (call.backend as unknown as WebglBackend).runWebGLProgram(programOf(info), [x], x.dtype);
  },
});

const replaced = new WeakSet<KernelConfig>();

/** Lets max pooling on WebGL keep NaN, as `numpy.max` does; doing it again changes nothing. */
export const keepNaNInWebglMaxPool = (): void => {
  const stock = getKernel(MaxPool, 'webgl');
  if (!stock || replaced.has(stock)) return;
  const kernel = maxPool(stock);
  unregisterKernel(MaxPool, 'webgl');
  registerKernel(kernel);
  replaced.add(kernel);
};
