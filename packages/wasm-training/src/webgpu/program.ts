import type { TensorInfo } from '@tensorflow/tfjs-core';

/** A compute shader, as TensorFlow.js's WebGPU backend takes it. */
export interface Program {
  /** Names the shader's text: programs that share it share what the driver has compiled. */
  readonly shaderKey: string;
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  /** Numbers that lie together in an element of each array in the shader, 1 or 4; 1 when left out. */
  readonly outputComponent?: 1 | 4;
  /** Fields of the shader's `uniforms`, besides the shapes of inputs and output, which the backend declares. */
  readonly uniforms?: string;
  /** Has the backend declare `uniforms.size`, the number of the output's elements. */
  readonly size?: boolean;
  readonly workgroupSize: readonly [number, number, number];
  /** The axes of the output that the workgroups lie along: with x alone, `main` gets a flat index, however many there are. */
  readonly dispatchLayout: {
    readonly x: readonly number[];
    readonly y?: readonly number[];
    readonly z?: readonly number[];
  };
  readonly dispatch: readonly [number, number, number];
  getUserCode(): string;
}

/** The values of one field of a program's `uniforms`. */
export interface Uniform {
  readonly type: 'int32';
  readonly data: readonly number[];
}

/** The part of the WebGPU backend that kernels use. */
export interface WebgpuBackend {
  runWebGPUProgram(
    program: Program,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms?: readonly Uniform[],
  ): TensorInfo;
  disposeData(dataId: TensorInfo['dataId']): boolean;
}

/** Integers as a uniform: one is an `i32`, several are a `vec`. */
export const integers = (...data: readonly number[]): Uniform => ({ type: 'int32', data });

const FLAT_WORKGROUP = 64;

/** The workgroups of as many threads, and of some without work. */
export const flatThreads = (count: number): Pick<Program, 'workgroupSize' | 'dispatch'> => ({
  workgroupSize: [FLAT_WORKGROUP, 1, 1],
  dispatch: [Math.ceil(count / FLAT_WORKGROUP), 1, 1],
});

/**
 * The parts of a program in which each thread computes one element of the output.
 *
 * @param component Numbers in an element; the last axis is a multiple of it.
 */
export const flat = (
  outputShape: readonly number[],
  component: 1 | 4,
): Pick<
  Program,
  'outputShape' | 'outputComponent' | 'size' | 'workgroupSize' | 'dispatchLayout' | 'dispatch'
> => {
  const elements = outputShape.reduce((product, length) => product * length, 1) / component;
  return {
    outputShape,
    outputComponent: component,
    size: true,
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    ...flatThreads(elements),
  };
};

/** The type of an element in WGSL, and tfjs's function that finds NaN in one. */
export const elementOf = (
  component: 1 | 4,
): { readonly float: string; readonly int: string; readonly bool: string; readonly findsNaN: string } =>
  component === 4
    ? { float: 'vec4<f32>', int: 'vec4<i32>', bool: 'vec4<bool>', findsNaN: 'isnanVec4' }
    : { float: 'f32', int: 'i32', bool: 'bool', findsNaN: 'isnan' };
