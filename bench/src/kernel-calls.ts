import * as tf from '@tensorflow/tfjs-core';

type KernelParams = Parameters<tf.KernelConfig['kernelFunc']>[0];

/** One call of a kernel, kept outside TensorFlow. */
export interface KernelCall {
  readonly kernelName: string;
  readonly operands: Readonly<Record<string, Operand>>;
  readonly attrs: KernelParams['attrs'];
}

export interface Operand {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What the given kernels are called with on the active backend while `work` runs, in their order. */
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
        // Absent biases and the like are given as undefined.
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

/** The call as something to be repeated and timed; its operands stay in the backend's memory until disposed. */
export const prepareCall = ({ operands, attrs }: KernelCall) => {
  const backend = tf.backend();
  const inputs = Object.fromEntries(
    Object.entries(operands).map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]),
  );
  return {
    run: (kernel: tf.KernelConfig): void => {
      const params = { inputs, backend, ...(attrs && { attrs }) };
      for (const { dataId } of [kernel.kernelFunc(params)].flat()) backend.disposeData(dataId);
    },
    dispose: (): void => tf.dispose(inputs),
  };
};

const read = ({ dataId, shape }: tf.TensorInfo): Operand => ({
  shape,
  values: (tf.backend().readSync(dataId) as Float32Array).slice(),
});

const replace = (kernel: tf.KernelConfig): void => {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
};
