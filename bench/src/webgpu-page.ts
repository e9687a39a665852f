// Runs in a page: the gradients of the tutorial's convolutional blocks on WebGPU, and its training steps, by stock kernels
// and by ours.
import '@tensorflow/tfjs-backend-webgpu';
// Registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { type BatchSource, parseRunConfig } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import { randomKey, uniform } from '@dropout-lab/random';
import { createReplica, train } from '@dropout-lab/training';
import { replaceWebgpuKernels } from '@dropout-lab/wasm-training/other-backends';
import * as tf from '@tensorflow/tfjs-core';

/** A gradient of the model: the shapes of its input and of dy, and for a convolution that of the filter. */
export interface Operation {
  readonly kind: 'conv' | 'pool' | 'relu';
  readonly x: number[];
  readonly dy: number[];
  readonly filter?: number[];
}

/** A program that the backend has run. */
export interface RunProgram {
  readonly key: string;
  /** Threads, those without work included. */
  readonly threads: number;
  /** Numbers in each input, and in the output. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** Numbers of the output that a thread computes at a time. */
  readonly component: number;
  readonly uniforms: readonly (readonly number[])[];
}

/** The programs of an operation, and its time. */
export interface OperationRuns {
  readonly programs: readonly RunProgram[];
  /** Milliseconds, the median; NaN where it was run once, to be counted. */
  readonly ms: number;
}

interface Program {
  readonly shaderKey: string;
  readonly dispatch: readonly number[];
  readonly workgroupSize: readonly number[];
  readonly outputComponent?: number;
}

interface Backend {
  readonly device: { readonly queue: { onSubmittedWorkDone(): Promise<void> } };
  submitQueue(): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  runWebGPUProgram(
    program: Program,
    inputs: readonly tf.TensorInfo[],
    dtype: string,
    uniforms?: readonly { readonly data: readonly number[] }[],
  ): tf.TensorInfo;
}

const product = (numbers: readonly number[]): number =>
  numbers.reduce((result, number) => result * number, 1);

/** The programs of the operation that runs; undefined while it is measured. */
let recorded: RunProgram[] | undefined;

const start = async (): Promise<void> => {
  await tf.setBackend('webgpu');
  const backend = tf.backend() as unknown as Backend;
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (program, inputs, dtype, uniforms, ...rest: []) => {
    const output = run(program, inputs, dtype, uniforms, ...rest);
    recorded?.push({
      key: program.shaderKey,
      threads: product(program.dispatch) * product(program.workgroupSize),
      inputs: inputs.map(({ shape }) => product(shape)),
      output: product(output.shape),
      component: program.outputComponent ?? 1,
      uniforms: (uniforms ?? []).map(({ data }) => [...data]),
    });
    return output;
  };
};

const gradientOf = ({ kind, x: shape, dy: dyShape, filter }: Operation): (() => tf.Tensor) => {
  const x = tf.fill(shape, 0.5);
  const dy = tf.fill(dyShape, 0.25);
  switch (kind) {
    case 'conv': {
      const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: filter! };
      return () => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs) as tf.Tensor;
    }
    case 'pool': {
      const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
      return () => tf.engine().runKernel('MaxPoolGrad', { dy, input: x, output: dy }, attrs) as tf.Tensor;
    }
    case 'relu':
      return tf.getGradient('Relu').gradFunc(dy, [x], {})['x']!;
  }
};

const runsOf = async (operation: Operation, repeats: number): Promise<OperationRuns> => {
  const compute = gradientOf(operation);
  const backend = tf.backend() as unknown as Backend;
  const finish = async (): Promise<void> => {
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    await backend.device.queue.onSubmittedWorkDone();
  };
  const programs: RunProgram[] = [];
  await finish();
  recorded = programs;
  tf.tidy(() => void compute());
  recorded = undefined;
  await finish();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const from = performance.now();
    tf.tidy(() => void compute());
    await finish();
    times.push(performance.now() - from);
  }
  return { programs, ms: times.sort((a, b) => a - b)[Math.floor(repeats / 2)] ?? Number.NaN };
};

const [BATCH, STEPS, CLASSES] = [250, 20, 10];
const imageShape = [32, 32, 3] as const;
const pixels = Float32Array.from(uniform(randomKey(1), BATCH * 32 * 32 * 3));

const source: BatchSource = {
  size: BATCH * STEPS,
  batchSize: BATCH,
  batchesPerEpoch: STEPS,
  imageShape,
  batch: () => ({
    images: pixels,
    labels: Uint8Array.from({ length: BATCH }, (_, row) => row % CLASSES),
    size: BATCH,
  }),
};

/**
 * Milliseconds of a training step of the tutorial's model: the mean over an epoch of 20 steps, the faster of two after one
 * that compiles the programs.
 *
 * @param isLate Losses are read every few steps, as training does by itself; else after each step.
 */
const stepTime = async (isLate: boolean): Promise<number> => {
  const config = parseRunConfig({ epochs: 3 });
  const model = buildModel(parseModelSpec({ inputShape: [...imageShape], numClasses: CLASSES }), 1);
  const { unreadGradients, ...readAtOnce } = createReplica(model);
  const replica = isLate && unreadGradients !== undefined ? { ...readAtOnce, unreadGradients } : readAtOnce;
  const times: number[] = [];
  let from = performance.now();
  for await (const event of train({ model, config, train: source, replica })) {
    if (event.kind !== 'epoch') continue;
    times.push((performance.now() - from) / STEPS);
    from = performance.now();
  }
  model.dispose();
  return Math.min(...times.slice(1));
};

const adapter = async (): Promise<{ vendor: string; architecture: string; description: string }> => {
  const { gpu } = navigator as unknown as {
    gpu: { requestAdapter(options: object): Promise<{ info: Record<string, string> }> };
  };
  const { info } = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  const { vendor = '', architecture = '', description = '' } = info;
  return { vendor, architecture, description };
};

/** The functions that the benchmark calls in the page. */
export interface Page {
  start: typeof start;
  runsOf: typeof runsOf;
  stepTime: typeof stepTime;
  adapter: typeof adapter;
  replaceWebgpuKernels: typeof replaceWebgpuKernels;
}

Object.assign(globalThis, { start, runsOf, stepTime, adapter, replaceWebgpuKernels } satisfies Page);
