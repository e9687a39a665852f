import { Dropout, modelSpecOf } from '@dropout-lab/model';
import { createReplica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type Ceiling, measureCeiling } from '../ceiling.ts';
import { measure } from '../shared/measure.ts';
import { formatNumber, formatTable } from '../shared/table.ts';
import { config, loadBatch } from '../shared/workload.ts';
import { type KernelCall, type Operand, prepareCall, recordCalls } from './kernel-calls.ts';
import { createTrainer } from './trainer.ts';
import { density, workOf } from './work.ts';

const repetitions = { warmUps: 3, runs: 9 };

/** Updates before calls are recorded, since the first gradients are denser. */
const stepsBefore = 5;

/** Calls on fewer numbers than this take too little time for a line. */
const smallestCall = 2 ** 16;

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

  const ceiling = await measureCeiling();
  const calls = await recordStep(ours);
  const rows: string[][] = [];
  for (const kernel of ours) {
    for (const call of calls.filter(({ kernelName }) => kernelName === kernel.kernelName)) {
      rows.push(await kernelRow(call, kernel, stock.get(kernel.kernelName), ceiling));
      if (isSparse(call))
        rows.push(await kernelRow(withoutZeros(call), kernel, stock.get(kernel.kernelName), ceiling));
    }
  }
  rows.push(await dropoutRow([15, 15, 64]), await dropoutRow([6, 6, 64]));
  const fused = ceiling.fused === undefined ? 'none here' : `${ceiling.fused.toFixed(0)} GFLOP/s`;
  return [
    `Inner loop with all operands in the nearest cache, one thread: ${ceiling.plain.toFixed(0)} GFLOP/s, by fused multiply-add ${fused}.`,
    formatTable(
      [
        ...['operation', 'operands (non-zero)', 'stock ms', 'ours ms', 'stock / ours'],
        ...['GFLOP/s of the non-zero work', '% of the ceiling'],
      ],
      rows,
      2,
    ),
  ].join('\n\n');
};

const recordStep = async (kernels: readonly tf.KernelConfig[]): Promise<KernelCall[]> => {
  const trainer = createTrainer();
  const replica = createReplica(trainer.model);
  for (let i = 0; i < stepsBefore; i++) await trainer.step(replica);
  const calls = await recordCalls(kernels, async () => void (await trainer.step(replica)));
  const large = calls.filter(
    ({ operands }) =>
      Object.values(operands).reduce((sum, { values }) => sum + values.length, 0) >= smallestCall,
  );
  // A batch is computed slice by slice: of calls that differ only in the number of images, the first.
  const kindOf = ({ kernelName, operands }: KernelCall): string =>
    JSON.stringify([
      kernelName,
      Object.entries(operands).map(([name, { shape }]) => [name, imageShape(shape)]),
    ]);
  return [...new Map(large.toReversed().map((call) => [kindOf(call), call])).values()].toReversed();
};

const batchSize = loadBatch().size;

/** The shape without the number of images of a slice, where there is one. */
const imageShape = (shape: readonly number[]): readonly number[] => {
  const isOfSlice = shape[0] === Math.floor(batchSize / 8) || shape[0] === Math.ceil(batchSize / 8);
  return isOfSlice ? shape.slice(1) : shape;
};

const kernelRow = async (
  call: KernelCall,
  ours: tf.KernelConfig,
  stock: tf.KernelConfig | undefined,
  { plain }: Ceiling,
): Promise<string[]> => {
  const { run, dispose } = prepareCall(call);
  const candidate = { ours: () => run(ours) };
  const times = stock
    ? await measure({ ...candidate, stock: () => run(stock) }, repetitions)
    : await measure(candidate, repetitions);
  dispose();
  const work = workOf(call);
  const rate = work === undefined ? undefined : work / times.ours / 1e6;
  return [
    ...row(call.kernelName, describeOperands(call), times),
    ...(rate === undefined ? ['', ''] : [rate.toFixed(1), ((100 * rate) / plain).toFixed(0)]),
  ];
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
  const operand = describeOperand({
    shape: input.shape,
    dtype: 'float32',
    values: input.dataSync<'float32'>(),
  });
  input.dispose();
  return [...row('Dropout layer', operand, times), '', ''];
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

/** A fraction of zeros above that of any photograph, which has only a few black pixels. */
const isSparse = ({ operands }: KernelCall): boolean =>
  Object.values(operands).some((operand) => operand.dtype === 'float32' && density(operand) < 0.9);

const withoutZeros = (call: KernelCall): KernelCall => ({
  ...call,
  operands: Object.fromEntries(
    Object.entries(call.operands).map(([name, operand]) => [
      name,
      operand.dtype === 'float32'
        ? { ...operand, values: (operand.values as Float32Array).map((value) => value || 0.01) }
        : operand,
    ]),
  ),
});
