import { Dropout, modelSpecOf } from '@dropout-lab/model';
import { createReplica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type KernelCall, type Operand, prepareCall, recordCalls } from './kernel-calls.ts';
import { measure } from './measure.ts';
import { formatNumber, formatTable } from './table.ts';
import { createTrainer } from './trainer.ts';
import { config } from './workload.ts';

const repetitions = { warmUps: 2, runs: 7 };

/** Updates before calls are recorded, since the first gradients are denser. */
const stepsBefore = 5;

/** Calls on fewer numbers than this take too little time for a line. */
const smallestCall = 2 ** 17;

/** Returns the wasm backend's own kernels; it must be called before ours are registered. */
export const stockKernels = (): ReadonlyMap<string, tf.KernelConfig> =>
  new Map(tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel]));

/**
 * Measures every operation whose kernel we replace or add, on the operands of a real training step, and on the same
 * operands without their zeros.
 */
export const operationsTable = async (stock: ReadonlyMap<string, tf.KernelConfig>): Promise<string> => {
  const ours = tf.getKernelsForBackend('wasm').filter((kernel) => stock.get(kernel.kernelName) !== kernel);
  // The backend has not set up stock kernels that were replaced before it started.
  for (const { kernelName } of ours) stock.get(kernelName)?.setupFunc?.(tf.backend());

  const calls = await recordStep(ours);
  const rows: string[][] = [];
  for (const kernel of ours) {
    for (const call of calls.filter(({ kernelName }) => kernelName === kernel.kernelName)) {
      rows.push(await kernelRow(call, kernel, stock.get(kernel.kernelName)));
      if (isSparse(call))
        rows.push(await kernelRow(withoutZeros(call), kernel, stock.get(kernel.kernelName)));
    }
  }
  rows.push(await dropoutRow([15, 15, 64]), await dropoutRow([6, 6, 64]));
  return formatTable(['operation', 'operands (non-zero)', 'stock ms', 'ours ms', 'stock / ours'], rows, 2);
};

const recordStep = async (kernels: readonly tf.KernelConfig[]): Promise<KernelCall[]> => {
  const trainer = createTrainer();
  const replica = createReplica(trainer.model);
  for (let i = 0; i < stepsBefore; i++) await trainer.step(replica);
  const calls = await recordCalls(kernels, () => trainer.step(replica));
  return calls.filter(
    ({ operands }) =>
      Object.values(operands).reduce((sum, { values }) => sum + values.length, 0) >= smallestCall,
  );
};

const kernelRow = async (
  call: KernelCall,
  ours: tf.KernelConfig,
  stock: tf.KernelConfig | undefined,
): Promise<string[]> => {
  const { run, dispose } = prepareCall(call);
  const candidate = { ours: () => run(ours) };
  const times = stock
    ? await measure({ ...candidate, stock: () => run(stock) }, repetitions)
    : await measure(candidate, repetitions);
  dispose();
  return row(call.kernelName, describeOperands(call), times);
};

/** Measures a whole dropout layer in training: mask and product. */
const dropoutRow = async (shape: number[]): Promise<string[]> => {
  const [rate = 0] = modelSpecOf(config).layers.flatMap((layer) =>
    layer.kind === 'dropout' ? layer.rate : [],
  );
  const input = tf.ones([config.batchSize, ...shape]);
  const apply = (layer: layers.Layer) => () =>
    tf.dispose(layer.apply(input, { training: true }) as tf.Tensor);
  const times = await measure(
    { ours: apply(new Dropout({ rate, seed: 1 })), stock: apply(layers.dropout({ rate, seed: 1 })) },
    repetitions,
  );
  const operand = describeOperand({ shape: input.shape, values: input.dataSync<'float32'>() });
  input.dispose();
  return row('Dropout layer', operand, times);
};

const row = (
  operation: string,
  operands: string,
  { ours, stock }: { readonly ours: number; readonly stock?: number },
): string[] => [
  operation,
  operands,
  stock === undefined ? 'missing' : formatNumber(stock),
  formatNumber(ours),
  stock === undefined ? '' : formatNumber(stock / ours),
];

const describeOperands = ({ operands, attrs }: KernelCall): string =>
  Object.entries(operands)
    .map(([name, operand]) => {
      const transposed = attrs?.[`transpose${name.toUpperCase()}`] ? ' transposed' : '';
      return `${name} ${describeOperand(operand)}${transposed}`;
    })
    .join(', ');

const describeOperand = (operand: Operand): string =>
  `${operand.shape.join('x')} (${Math.round(100 * density(operand))}%)`;

const density = ({ values }: Operand): number =>
  values.reduce((count, value) => count + Number(value !== 0), 0) / values.length;

/** A fraction of zeros above that of any photograph, which has only a few black pixels. */
const isSparse = ({ operands }: KernelCall): boolean =>
  Object.values(operands).some((operand) => density(operand) < 0.9);

const withoutZeros = (call: KernelCall): KernelCall => ({
  ...call,
  operands: Object.fromEntries(
    Object.entries(call.operands).map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((value) => value || 0.01) },
    ]),
  ),
});
