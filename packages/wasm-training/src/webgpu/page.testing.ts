// Runs in a page: the kernels on WebGPU, and the stock ones on cpu, from the same numbers.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgpu';
// Registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { type ConvCase, convCases, type PoolCase, poolCases, values } from '../cases.testing.ts';
import { replaceCpuKernels, replaceWebgpuKernels } from '../other-backends.ts';

/** The numbers of a computation on both backends. */
export interface Comparison {
  readonly webgpu: number[];
  readonly cpu: number[];
  /** Tensors and buffers of the webgpu backend that a computation has left behind. */
  readonly left: { readonly tensors: number; readonly buffers: number };
}

const buffers = (): number => (tf.backend() as unknown as { numDataIds(): number }).numDataIds();

const valuesOf = async (compute: () => tf.Tensor): Promise<number[]> => {
  const tensor = tf.tidy(compute);
  const numbers = [...(await tensor.data<'float32'>())];
  tensor.dispose();
  return numbers;
};

const onBoth = async (compute: () => tf.Tensor): Promise<Comparison> => {
  await tf.setBackend('cpu');
  const cpu = await valuesOf(compute);
  await tf.setBackend('webgpu');
  const before = { tensors: tf.memory().numTensors, buffers: buffers() };
  const webgpu = await valuesOf(compute);
  const left = { tensors: tf.memory().numTensors - before.tensors, buffers: buffers() - before.buffers };
  return { webgpu, cpu, left };
};

/** The gradient of a convolution with respect to its filter, dy given or dense. */
const filterGradient = ({ x, filter, strides, pad }: ConvCase, dyValues?: Float32Array): tf.Tensor => {
  const { outShape } = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, pad as 'valid');
  const conv = (w: tf.Tensor): tf.Tensor =>
    tf.conv2d(tf.tensor4d(values(x, 1), x), w as tf.Tensor4D, strides, pad as 'valid');
  return tf.grad(conv)(
    tf.tensor(values(filter, 2), filter),
    tf.tensor(dyValues ?? values(outShape, 3), outShape),
  );
};

const poolInput = ({ x }: PoolCase, kind: string): Float32Array => {
  const distinct = values(x, 5);
  if (kind === 'distinct') return distinct;
  // Rounded down to a few levels, so that windows have their maximum more than once.
  const tied = distinct.map((value) => Math.max(0, Math.round(value * 2)));
  return kind === 'tied'
    ? tied
    : tied.map((value, i) => (i % 7 === 3 ? Number.NaN : i % 5 === 0 ? -Infinity : value));
};

const { NaN: nan } = Number;

/** Every computation that the test compares. */
const computations = {
  filterGradient: (index: number) => filterGradient(convCases[index]!),
  /** Enough rows for many parts, the last of them not full. */
  filterGradientOfManyRows: () =>
    filterGradient({ x: [5, 61, 47, 3], filter: [3, 3, 3, 40], strides: 1, pad: 'same' }),
  filterGradientOfNaN: () => {
    const dy = values([2, 6, 6, 8], 3);
    dy[17] = nan;
    dy[100] = Infinity;
    return filterGradient({ x: [2, 8, 8, 3], filter: [3, 3, 3, 8], strides: 1, pad: 'valid' }, dy);
  },
  pooled: (index: number, kind: string) => {
    const { x, pool, strides, pad } = poolCases[index]!;
    return tf.maxPool(tf.tensor4d(poolInput(poolCases[index]!, kind), x), pool, strides, pad);
  },
  poolGradient: (index: number, kind: string) => {
    const { x, pool, strides, pad } = poolCases[index]!;
    const input = tf.tensor(poolInput(poolCases[index]!, kind), x);
    const pooled = (t: tf.Tensor): tf.Tensor => tf.maxPool(t as tf.Tensor4D, pool, strides, pad);
    const { shape } = pooled(input);
    return tf.grad(pooled)(input, tf.tensor(values(shape, 6), shape));
  },
  reluGradient: (size: number) => {
    const x = values([size], 7);
    const dy = values([size], 8);
    x.set([nan, 0, -0, Infinity, -Infinity], 0);
    dy.set([nan, Infinity, nan], size - 3);
    return tf.grad((t: tf.Tensor) => tf.relu(t))(tf.tensor1d(x), tf.tensor1d(dy));
  },
  reluGradientOfRank4: () => {
    const shape = [2, 3, 5, 2];
    return tf.grad((t: tf.Tensor) => tf.relu(t))(
      tf.tensor(values(shape, 7), shape),
      tf.tensor(values(shape, 8), shape),
    );
  },
};

/** Programs that the webgpu backend has run, by key, since the page was opened. */
const programs: string[] = [];

const compare = async (name: keyof typeof computations, ...details: never[]): Promise<Comparison> =>
  onBoth(() => (computations[name] as (...details: never[]) => tf.Tensor)(...details));

const start = async (): Promise<void> => {
  await tf.setBackend('webgpu');
  await tf.ready();
  replaceWebgpuKernels();
  replaceWebgpuKernels();
  await tf.setBackend('cpu');
  replaceCpuKernels();
  await tf.setBackend('webgpu');
  const backend = tf.backend() as unknown as { runWebGPUProgram(program: { shaderKey: string }): unknown };
  const run = backend.runWebGPUProgram.bind(backend) as (...details: unknown[]) => unknown;
  backend.runWebGPUProgram = (...details: [{ shaderKey: string }]) => {
    programs.push(details[0].shaderKey);
    return run(...details);
  };
};

Object.assign(globalThis, { start, compare, programs });

/** The functions that the test calls in the page. */
export interface Page {
  start: typeof start;
  compare: (name: keyof typeof computations, ...details: readonly (number | string)[]) => Promise<Comparison>;
  programs: readonly string[];
}
