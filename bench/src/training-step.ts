import { defaultWorkers, startBackend } from '@dropout-lab/backend/node';
import { threadReplicas } from '@dropout-lab/experiment/node';
import { imageValues } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { measure } from './measure.ts';
import { createStockModel } from './stock-model.ts';
import { formatNumber, formatTable } from './table.ts';
import { createTrainer } from './trainer.ts';
import { config, loadBatch } from './workload.ts';

const repetitions = { warmUps: 3, runs: 15 };

/** Targets: the most milliseconds of a step, by number of threads. */
const targets = new Map([
  [1, 700],
  [2, 400],
]);

/** Target: how many times faster than the stock cpu backend a step is, on any number of threads. */
const targetRatio = 40;

/** Measures a whole training step (gradients, Adam, constraints) of the tutorial's model at batch size 250. */
export const trainingStepTable = async (): Promise<string> => {
  const ours = await measureOurs([...new Set([1, 2, defaultWorkers('wasm')])]);
  const stock = await measureStock();
  const rows = ours.map(({ threads, milliseconds }) => {
    const ratio = stock / milliseconds;
    const limit = targets.get(threads);
    const met = ratio >= targetRatio && milliseconds <= (limit ?? Number.POSITIVE_INFINITY);
    return [
      `ours, wasm, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      formatNumber(milliseconds),
      formatNumber((1000 * config.batchSize) / milliseconds),
      formatNumber(ratio),
      `${limit === undefined ? '' : `<= ${limit} ms, `}>= ${targetRatio} x: ${met ? 'met' : 'missed'}`,
    ];
  });
  rows.push([
    'stock, cpu, 1 thread',
    formatNumber(stock),
    formatNumber((1000 * config.batchSize) / stock),
    '1',
    '',
  ]);
  return formatTable(['training step', 'ms', 'images/s', 'times stock cpu', 'target'], rows, 1);
};

const measureOurs = async (threadCounts: readonly number[]) => {
  await startBackend('wasm');
  const trainer = createTrainer();
  const startReplica = threadReplicas({ backend: 'wasm', config });
  const replicas = await Promise.all(threadCounts.map((threads) => startReplica(trainer.model, threads)));
  const candidates = Object.fromEntries(
    threadCounts.map((threads, i) => [threads, () => trainer.step(replicas[i]!)]),
  );
  const times = await measure(candidates, repetitions);
  for (const replica of replicas) replica.dispose();
  return threadCounts.map((threads) => ({ threads, milliseconds: times[threads]! }));
};

/** Measures a single step: it takes minutes, and compilers have finished long before its end. */
const measureStock = async (): Promise<number> => {
  console.error('bench: one step on the stock cpu backend, about four minutes …');
  await startBackend('cpu');
  const { images, labels, size } = loadBatch();
  const x = tf.tensor(imageValues(images), [size, 32, 32, 3]);
  const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10);
  const model = createStockModel();
  const { stock } = await measure({ stock: () => model.trainOnBatch(x, y) }, { warmUps: 0, runs: 1 });
  return stock;
};
