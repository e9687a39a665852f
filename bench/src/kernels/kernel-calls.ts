import * as tf from '@tensorflow/tfjs-core';

type KernelParams = Parameters<tf.KernelConfig['kernelFunc']>[0];

/** One recorded call of a kernel, with its operands outside TensorFlow. */
export interface KernelCall {
  readonly kernelName: string;
  readonly operands: Readonly<Record<string, Operand>>;
  readonly attrs: KernelParams['attrs'];
}

export interface Operand {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** Records the calls of the given kernels on the active backend while `work` runs, in their order. */
export const recordCalls = async (
  kernels: readonly tf.KernelConfig[],
  work: () => Promise<void>,
): Promise<KernelCall[]> => {
  const calls: KernelCall[] = [];
  const recording = (kernel: tf.KernelConfig): tf.KernelConfig => ({
    ...kernel,
    kernelFunc: (params) => {
      const { inputs, attrs } = params;
      const operands = Object.fromEntries(
        // Absent operands, such as biases, are undefined.
        Object.entries(inputs).flatMap(([name, tensor]) => (tensor ? [[name, read(tensor)]] : [])),
      );
      calls.push({ kernelName: kernel.kernelName, operands, attrs });
      return kernel.kernelFunc(params);
    },
  });
  kernels.map(recording).forEach(replace);
  try {
    await work();
  } finally {
    kernels.forEach(replace);
  }
  return calls;
};

/** Makes a function that repeats a call; its operands stay in the backend's memory until it is disposed. */
export const prepareCall = ({ operands, attrs }: KernelCall) => {
  const backend = tf.backend();
  const inputs = Object.fromEntries(
    Object.entries(operands).map(([name, { shape, values, dtype }]) => [
      name,
      tf.tensor(values, [...shape], dtype),
    ]),
  );
  return {
    run: (kernel: tf.KernelConfig): void => {
      const params = { inputs, backend, ...(attrs && { attrs }) };
      for (const { dataId } of [kernel.kernelFunc(params)].flat()) backend.disposeData(dataId);
    },
    dispose: (): void => tf.dispose(inputs),
  };
};

/** Adds up the milliseconds of a backend's kernels from now on, those that others call not twice. */
export const timeKernels = (backendName: string) => {
  const times = new Map<string, number>();
  let depth = 0;
  const kernels = tf.getKernelsForBackend(backendName);
  for (const kernel of kernels) {
    replace({
      ...kernel,
      kernelFunc: (params) => {
        const start = performance.now();
        depth++;
        try {
          return kernel.kernelFunc(params);
        } finally {
          depth--;
          if (depth === 0) {
            times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + performance.now() - start);
          }
        }
      },
    });
  }
  return {
    reset: (): void => times.clear(),
    read: (): number => [...times.values()].reduce((sum, time) => sum + time, 0),
    /** The milliseconds of each kernel. */
    byName: (): ReadonlyMap<string, number> => times,
    stop: (): void => kernels.forEach(replace),
  };
};

const read = ({ dataId, shape, dtype }: tf.TensorInfo): Operand => ({
  shape,
  dtype: dtype as Operand['dtype'],
  values: (tf.backend().readSync(dataId) as Operand['values']).slice(),
});

const replace = (kernel: tf.KernelConfig): void => {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
};
