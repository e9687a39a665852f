import type { MaxPoolAttrs, MaxPoolGradAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { type PoolInfo, poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import { elementOf, flat, integers, type Program, type Uniform, type WebgpuBackend } from './program.ts';

const uniforms = 'strides : vec2<i32>, pads : vec2<i32>, window : vec2<i32>,';

const uniformsOf = (info: PoolInfo): readonly Uniform[] => [
  integers(info.strideHeight, info.strideWidth),
  integers(info.padInfo.top, info.padInfo.left),
  integers(info.filterHeight, info.filterWidth),
];

const componentOf = ({ inChannels }: PoolInfo): 1 | 4 => (inChannels % 4 === 0 ? 4 : 1);

/** The largest number of each window, NaN where it has one: drivers differ in the `max` of a NaN. */
const forwardProgram = (info: PoolInfo): Program => {
  const component = componentOf(info);
  const { float, bool, findsNaN } = elementOf(component);
  return {
    ...flat(info.outShape, component),
    shaderKey: `maxPoolKeepingNaN_${component}`,
    variableNames: ['x'],
    uniforms,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let coords = getCoordsFromIndex(index * ${component});
          let corner = coords.yz * uniforms.strides - uniforms.pads;
          let first = max(corner, vec2<i32>(0));
          let end = min(corner + uniforms.window, uniforms.xShape.yz);
          var largest = ${float}(0.0);
          var isFirst = true;
          // Not only compared: WGSL lets a driver take a comparison with NaN for true.
          for (var row = first.x; row < end.x; row++) {
            for (var column = first.y; column < end.y; column++) {
              let value = getX(coords.x, row, column, coords.w);
              let isBetter = ${bool}(isFirst) | (value > largest) | ${findsNaN}(value);
              largest = select(largest, value, isBetter & !${findsNaN}(largest));
              isFirst = false;
            }
          }
          setOutputAtIndex(index, largest);
        }
      }
    `,
  };
};

/**
 * For each number of the input, the sum over the windows whose maximum it is: the first NaN of a window, or else its first
 * maximum. A thread looks at the windows itself, so that no positions are written and read again, and adds in a fixed order.
 */
const gradientProgram = (info: PoolInfo): Program => {
  const component = componentOf(info);
  const { float, bool, findsNaN } = elementOf(component);
  return {
    ...flat(info.inShape, component),
    shaderKey: `maxPoolGradient_${component}`,
    variableNames: ['dy', 'x'],
    uniforms,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let coords = getCoordsFromIndex(index * ${component});
          let own = x[index];
          let ownIsNaN = ${findsNaN}(own);
          let place = coords.yz + uniforms.pads;
          // The first window that reaches this row and column, and the last that begins before them.
          let firstWindow = max(vec2<i32>(0), (place - uniforms.window + uniforms.strides) / uniforms.strides);
          let lastWindow = min(uniforms.dyShape.yz - 1, place / uniforms.strides);
          var sum = ${float}(0.0);
          for (var windowRow = firstWindow.x; windowRow <= lastWindow.x; windowRow++) {
            for (var windowColumn = firstWindow.y; windowColumn <= lastWindow.y; windowColumn++) {
              let corner = vec2<i32>(windowRow, windowColumn) * uniforms.strides - uniforms.pads;
              let first = max(corner, vec2<i32>(0));
              let end = min(corner + uniforms.window, uniforms.xShape.yz);
              var wins = ${bool}(true);
              for (var row = first.x; row < end.x; row++) {
                for (var column = first.y; column < end.y; column++) {
                  let other = getX(coords.x, row, column, coords.w);
                  let isBefore = ${bool}(row < coords.y || (row == coords.y && column < coords.z));
                  let otherIsNaN = ${findsNaN}(other);
                  let beats = select(otherIsNaN | (other > own) | (isBefore & (other == own)), isBefore & otherIsNaN, ownIsNaN);
                  wins = wins & !beats;
                }
              }
              sum += select(${float}(0.0), getDy(coords.x, windowRow, windowColumn, coords.w), wins);
            }
          }
          setOutputAtIndex(index, sum);
        }
      }
    `,
  };
};

/** Max pooling of a float32 tensor that keeps NaN, as `numpy.max` does. */
export const maxPool =
  (stock: Kernel): Kernel =>
  (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype !== 'float32') return stock(call);
    const info = poolInfoOf(x, call.attrs as unknown as MaxPoolAttrs);
    const backend = call.backend as unknown as WebgpuBackend;
    return backend.runWebGPUProgram(forwardProgram(info), [x], 'float32', uniformsOf(info));
  };

/** The gradient of max pooling in one program; the stock one writes each window's position first, of ties the last. */
export const maxPoolGrad =
  (stock: Kernel): Kernel =>
  (call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
    if (input.dtype !== 'float32') return stock(call);
    const info = poolInfoOf(input, call.attrs as unknown as MaxPoolGradAttrs);
    const backend = call.backend as unknown as WebgpuBackend;
    return backend.runWebGPUProgram(gradientProgram(info), [dy, input], 'float32', uniformsOf(info));
  };
