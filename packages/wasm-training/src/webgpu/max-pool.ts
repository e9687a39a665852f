import type { MaxPoolAttrs, MaxPoolGradAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { type PoolInfo, poolInfoOf } from '../pooling.ts';
import type { Kernel } from '../replace-kernel.ts';
import {
  elementOf,
  flat,
  flatThreads,
  integers,
  type Program,
  type Uniform,
  type WebgpuBackend,
} from './program.ts';

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

/** Rows and columns of windows, and beyond them those of what is left of the input. */
const cellsOf = (info: PoolInfo): readonly [number, number] => [
  Math.ceil((info.inHeight + info.padInfo.top) / info.strideHeight),
  Math.ceil((info.inWidth + info.padInfo.left) / info.strideWidth),
];

/**
 * For windows that do not overlap: each has a thread, which reads it once and writes all numbers up to the next window. dy goes
 * to the window's first NaN, or else to its first maximum.
 */
const disjointGradientProgram = (info: PoolInfo): Program => {
  const component = componentOf(info);
  const { float, int, findsNaN } = elementOf(component);
  const [rows, columns] = cellsOf(info);
  return {
    shaderKey: `maxPoolGradientDisjoint_${component}`,
    variableNames: ['dy', 'x'],
    outputShape: info.inShape,
    outputComponent: component,
    uniforms: `${uniforms} cells : vec2<i32>,`,
    dispatchLayout: { x: [0, 1, 2, 3] },
    ...flatThreads((info.batchSize * rows * columns * info.inChannels) / component),
    getUserCode: () => `
      fn main(index : i32) {
        let vectors = uniforms.outShape.w / ${component};
        let place = index / vectors;
        let channel = (index - place * vectors) * ${component};
        let line = place / uniforms.cells.y;
        let image = line / uniforms.cells.x;
        let cell = vec2<i32>(line - image * uniforms.cells.x, place - line * uniforms.cells.y);
        if (image < uniforms.outShape.x) {
          let corner = cell * uniforms.strides - uniforms.pads;
          let first = max(corner, vec2<i32>(0));
          let end = min(corner + uniforms.window, uniforms.xShape.yz);
          let next = min(corner + uniforms.strides, uniforms.xShape.yz);
          var slope = ${float}(0.0);
          var largest = ${float}(0.0);
          var winner = ${int}(-1);
          if (all(cell < uniforms.dyShape.yz)) {
            slope = getDy(image, cell.x, cell.y, channel);
            for (var row = first.x; row < end.x; row++) {
              for (var column = first.y; column < end.y; column++) {
                let value = getX(image, row, column, channel);
                let isFirst = winner < ${int}(0);
                let isBetter = (isFirst | (value > largest) | ${findsNaN}(value)) & !${findsNaN}(largest);
                winner = select(winner, ${int}(row * uniforms.xShape.z + column), isBetter);
                largest = select(largest, value, isBetter);
              }
            }
          }
          for (var row = first.x; row < next.x; row++) {
            for (var column = first.y; column < next.y; column++) {
              let isWinner = winner == ${int}(row * uniforms.xShape.z + column);
              setOutputAtCoords(image, row, column, channel, select(${float}(0.0), slope, isWinner));
            }
          }
        }
      }
    `,
  };
};

/**
 * For windows that overlap: each number of the input has a thread, which looks at the windows that reach it and sums dy over
 * those whose maximum it is, in a fixed order.
 */
const overlappingGradientProgram = (info: PoolInfo): Program => {
  const component = componentOf(info);
  const { float, bool, findsNaN } = elementOf(component);
  return {
    ...flat(info.inShape, component),
    shaderKey: `maxPoolGradientOverlapping_${component}`,
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
    const isDisjoint = info.filterHeight <= info.strideHeight && info.filterWidth <= info.strideWidth;
    const program = isDisjoint ? disjointGradientProgram(info) : overlappingGradientProgram(info);
    const backend = call.backend as unknown as WebgpuBackend;
    return backend.runWebGPUProgram(program, [dy, input], 'float32', [
      ...uniformsOf(info),
      ...(isDisjoint ? [integers(...cellsOf(info))] : []),
    ]);
  };
