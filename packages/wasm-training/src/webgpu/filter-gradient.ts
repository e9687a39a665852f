import { backend_util, type Conv2DBackpropFilterAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Kernel } from '../replace-kernel.ts';
import { flat, integers, type Program, type WebgpuBackend } from './program.ts';

type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/** A workgroup sums a square of weights: so many taps times input channels, by as many output channels. */
const TILE = 32;
/** Rows that a workgroup loads and multiplies at a time: 4 kB of both operands, a quarter of what every device has. */
const ROWS = 16;
/** Weights that lie together in a vector, so that a thread's 4 x 4 weights take two loads a row. */
const VECTOR = 4;
const VECTORS = TILE / VECTOR;
/** One for each 4 x 4 weights of the tile. */
const THREADS = VECTORS * VECTORS;
/** Enough to fill a large graphics processor: 32,768 threads, each with 16 sums that do not wait for each other. */
const WORKGROUPS = 512;

/**
 * The gradient is a product: weights [taps x input channels, output channels] from the input's numbers under each tap and from
 * dy, summed over rows, the positions of all images. There are few weights and many rows, so the rows are split in parts
 * that other workgroups sum.
 */
interface Split {
  /** Rows of the product's first operand. */
  readonly weights: number;
  readonly tiles: readonly [number, number];
  readonly parts: number;
  /** Times that a workgroup loads {@link ROWS} rows. */
  readonly steps: number;
}

const splitOf = (info: ConvInfo): Split => {
  const weights = info.filterHeight * info.filterWidth * info.inChannels;
  const tiles = [Math.ceil(weights / TILE), Math.ceil(info.outChannels / TILE)] as const;
  const allSteps = Math.ceil((info.batchSize * info.outHeight * info.outWidth) / ROWS);
  const parts = Math.max(1, Math.min(allSteps, Math.floor(WORKGROUPS / (tiles[0] * tiles[1]))));
  const steps = Math.ceil(allSteps / parts);
  // Rounded up, the last parts may have no rows.
  return { weights, tiles, parts: Math.ceil(allSteps / steps), steps };
};

/** Sums the rows of each part, [parts, weights x output channels]; of a single part, the filter itself. */
const partsProgram = (info: ConvInfo, { weights, tiles, parts }: Split): Program => ({
  shaderKey: 'filterGradientParts',
  variableNames: ['x', 'dy'],
  outputShape: parts === 1 ? info.filterShape : [parts, weights * info.outChannels],
  uniforms: 'strides : vec2<i32>, pads : vec2<i32>, filterSize : vec2<i32>, steps : i32,',
  workgroupSize: [THREADS, 1, 1],
  dispatchLayout: { x: [0], y: [1], z: [2] },
  dispatch: [tiles[0], tiles[1], parts],
  getUserCode: () => `
    var<workgroup> xTile : array<array<vec4<f32>, ${VECTORS}>, ${ROWS}>;
    var<workgroup> dyTile : array<array<vec4<f32>, ${VECTORS}>, ${ROWS}>;

    fn main() {
      let inChannels = uniforms.xShape.w;
      let outChannels = uniforms.dyShape.w;
      let weights = uniforms.filterSize.x * uniforms.filterSize.y * inChannels;
      let rows = uniforms.dyShape.x * uniforms.dyShape.y * uniforms.dyShape.z;
      let firstWeight = i32(workgroupId.x) * ${TILE};
      let firstChannel = i32(workgroupId.y) * ${TILE};
      let firstRow = i32(workgroupId.z) * uniforms.steps * ${ROWS};

      // What this thread loads: a vector of every ${THREADS / VECTORS}th row.
      let vector = i32(localIndex) % ${VECTORS};
      let ownRow = i32(localIndex) / ${VECTORS};
      let channel = firstChannel + vector * ${VECTOR};
      var taps : array<vec3<i32>, ${VECTOR}>;
      for (var i = 0; i < ${VECTOR}; i++) {
        let weight = firstWeight + vector * ${VECTOR} + i;
        let tap = weight / inChannels;
        let tapRow = tap / uniforms.filterSize.y;
        taps[i] = vec3<i32>(tapRow, tap - tapRow * uniforms.filterSize.y, weight - tap * inChannels);
      }

      var sums : array<vec4<f32>, ${VECTOR}>;
      // The number of steps is the same for all, as a barrier requires: rows beyond the last are zeros.
      for (var step = 0; step < uniforms.steps; step++) {
        for (var row = ownRow; row < ${ROWS}; row += ${THREADS / VECTORS}) {
          let position = firstRow + step * ${ROWS} + row;
          var xVector = vec4<f32>(0.0);
          var dyVector = vec4<f32>(0.0);
          if (position < rows) {
            let line = position / uniforms.dyShape.z;
            let image = line / uniforms.dyShape.y;
            let place = vec2<i32>(line - image * uniforms.dyShape.y, position - line * uniforms.dyShape.z);
            let corner = place * uniforms.strides - uniforms.pads;
            for (var i = 0; i < ${VECTOR}; i++) {
              let at = corner + taps[i].xy;
              let isInside = all(at >= vec2<i32>(0)) && all(at < uniforms.xShape.yz);
              // The first tap that does not exist is one row below the filter, and may lie in the input.
              if (isInside && taps[i].x < uniforms.filterSize.x) {
                xVector[i] = x[((image * uniforms.xShape.y + at.x) * uniforms.xShape.z + at.y) * inChannels + taps[i].z];
              }
              if (channel + i < outChannels) {
                dyVector[i] = dy[position * outChannels + channel + i];
              }
            }
          }
          xTile[row][vector] = xVector;
          dyTile[row][vector] = dyVector;
        }
        workgroupBarrier();
        for (var row = 0; row < ${ROWS}; row++) {
          let a = xTile[row][ownRow];
          let b = dyTile[row][vector];
          ${Array.from({ length: VECTOR }, (_, i) => `sums[${i}] += a[${i}] * b;`).join(' ')}
        }
        workgroupBarrier();
      }

      for (var i = 0; i < ${VECTOR}; i++) {
        let weight = firstWeight + ownRow * ${VECTOR} + i;
        for (var j = 0; j < ${VECTOR}; j++) {
          if (weight < weights && channel + j < outChannels) {
            result[(i32(workgroupId.z) * weights + weight) * outChannels + channel + j] = sums[i][j];
          }
        }
      }
    }
  `,
});

/** Adds the parts of each weight, in their order. */
const sumProgram = (info: ConvInfo): Program => ({
  ...flat(info.filterShape, 1),
  shaderKey: 'filterGradientSum',
  variableNames: ['parts'],
  getUserCode: () => `
    fn main(index : i32) {
      if (index < uniforms.size) {
        var sum = 0.0;
        for (var part = 0; part < uniforms.partsShape.x; part++) {
          sum += parts[part * uniforms.size + index];
        }
        setOutputAtIndex(index, sum);
      }
    }
  `,
});

/**
 * The gradient of a convolution with respect to its filter. The stock kernel runs one thread for each weight, through all
 * positions of all images: for the tutorial's first convolution 1,728 threads of 225,000 steps.
 *
 * The padding counts as zeros: where dy is not finite there, so are the weights under the padding, as in TensorFlow.
 *
 * @param stock Computes whatever is not float32 with channels last.
 */
export const conv2DBackpropFilter =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo };
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } =
      call.attrs as unknown as Conv2DBackpropFilterAttrs;
    if (x.dtype !== 'float32' || dy.dtype !== 'float32' || dataFormat !== 'NHWC') return stock(call);
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const split = splitOf(info);
    const backend = call.backend as unknown as WebgpuBackend;
    const sums = backend.runWebGPUProgram(partsProgram(info, split), [x, dy], 'float32', [
      integers(info.strideHeight, info.strideWidth),
      integers(info.padInfo.top, info.padInfo.left),
      integers(info.filterHeight, info.filterWidth),
      integers(split.steps),
    ]);
    if (split.parts === 1) return sums;
    const gradient = backend.runWebGPUProgram(sumProgram(info), [sums], 'float32');
    backend.disposeData(sums.dataId);
    return gradient;
  };
