import { performance } from 'node:perf_hooks';
import { defaultWorkers, startBackend } from '@dropout-lab/backend/node';
import { threadReplicas } from '@dropout-lab/experiment/node';
import { median } from '@dropout-lab/metrics';
import { imageValues } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { measure } from '../shared/measure.ts';
import { createStockModel } from '../shared/stock-model.ts';
import { formatNumber, formatTable } from '../shared/table.ts';
import { config, loadBatch } from '../shared/workload.ts';
import { createJaxJsStep } from './jax-js.ts';
import { timeKernels } from './kernel-calls.ts';
import { startNeighbour } from './neighbour.ts';
import { createTrainer } from './trainer.ts';

const repetitions = { warmUps: 10, runs: 15 };

/** Target: the most of a step on two threads, as a fraction of one on a single thread. */
const TARGET_OF_TWO = 0.55;

/** Images of the step that is measured on the stock cpu backend and on jax-js, where one of a whole batch takes minutes. */
const STOCK_IMAGES = 25;

/**
 * Measures a whole training step (gradients, Adam, constraints) of the tutorial's model at batch size 250: on one thread,
 * on two, and on as many as training would use; and where the time of the main thread goes.
 */
export const trainingStepTable = async (): Promise<string> => {
  const { ours, together } = await measureOurs([...new Set([1, 2, defaultWorkers('wasm')])]);
  const stock = await measureStock();
  const jaxJs = await measureJaxJs();
  const [one] = ours;
  const numbersOf = (milliseconds: number): string[] =>
    [milliseconds, (1000 * config.batchSize) / milliseconds, stock / milliseconds].map(formatNumber);
  const rows = ours.map(({ threads, milliseconds }) => {
    const ofOne = milliseconds / one!.milliseconds;
    return [
      `ours, wasm, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      ...numbersOf(milliseconds),
      ofOne.toFixed(2),
      threads === 2 ? `<= ${TARGET_OF_TWO}: ${ofOne <= TARGET_OF_TWO ? 'met' : 'missed'}` : '',
    ];
  });
  rows.push([
    'two trainings at once on 1 thread each, a step of either',
    ...numbersOf(together),
    (together / one!.milliseconds).toFixed(2),
    'what two threads could reach here',
  ]);
  const scaled = `${STOCK_IMAGES} images, times ${config.batchSize / STOCK_IMAGES}`;
  const peers = {
    [`jax-js, wasm, gradients alone (${scaled})`]: jaxJs,
    [`stock, cpu, 1 thread (${scaled})`]: stock,
  };
  for (const [name, milliseconds] of Object.entries(peers)) {
    rows.push([name, ...numbersOf(milliseconds), '', '']);
  }
  const parts = ours.map(({ threads, milliseconds, spent }) => [
    String(threads),
    ...[
      spent.kernels,
      spent.update,
      milliseconds - spent.kernels - spent.update - spent.waiting,
      spent.waiting,
    ].map(formatNumber),
  ]);
  return [
    formatTable(['training step', 'ms', 'images/s', 'times stock cpu', 'of one thread', 'target'], rows, 1),
    'Where the main thread spends a step, in ms:',
    formatTable(
      [
        'threads',
        'kernels of the gradients',
        'Adam and constraints',
        'batch, masks, tape, copies',
        'waiting for other threads',
      ],
      parts,
      0,
    ),
  ].join('\n\n');
};

interface Spent {
  readonly kernels: number;
  readonly update: number;
  readonly waiting: number;
}

const measureOurs = async (threadCounts: readonly number[]) => {
  await startBackend('wasm');
  const kernelClock = timeKernels('wasm');
  const trainer = createTrainer();
  const neighbour = await startNeighbour();
  const startReplica = threadReplicas({ backend: 'wasm', config });
  const replicas = await Promise.all(threadCounts.map((threads) => startReplica(trainer.model, threads)));
  const spent = threadCounts.map((): Spent[] => []);
  const candidates = Object.fromEntries(
    threadCounts.map((threads, i) => [
      threads,
      async () => {
        const idle = performance.eventLoopUtilization().idle;
        kernelClock.reset();
        const { update, kernelsOfUpdate } = await trainer.step(replicas[i]!, kernelClock.read);
        spent[i]!.push({
          update,
          kernels: kernelClock.read() - kernelsOfUpdate,
          waiting: performance.eventLoopUtilization().idle - idle,
        });
      },
    ]),
  );
  const alone = replicas[threadCounts.indexOf(1)]!;
  const besideTimes: number[] = [];
  const stepBeside = () =>
    neighbour.beside(async () => {
      const start = performance.now();
      await trainer.step(alone);
      besideTimes.push(performance.now() - start);
    });
  const times: Readonly<Record<string, number>> = await measure(
    { ...candidates, beside: stepBeside },
    repetitions,
  );
  await neighbour.stop();
  for (const replica of replicas) replica.dispose();
  const medianOf = (turns: readonly Spent[], part: keyof Spent) =>
    median(turns.slice(repetitions.warmUps).map((turn) => turn[part]));
  return {
    ours: threadCounts.map((threads, i) => ({
      threads,
      milliseconds: times[threads]!,
      spent: {
        kernels: medianOf(spent[i]!, 'kernels'),
        update: medianOf(spent[i]!, 'update'),
        waiting: medianOf(spent[i]!, 'waiting'),
      },
    })),
    /** Milliseconds for each step of two trainings on a thread each, which wait for nothing but the machine. */
    together: median(besideTimes.slice(repetitions.warmUps)) / 2,
  };
};

/** Measures one step: it takes long, and compilers have finished long before its end. */
const measureStock = async (): Promise<number> => {
  console.error(`bench: one step of ${STOCK_IMAGES} images on the stock cpu backend, about half a minute …`);
  await startBackend('cpu');
  const { images, labels, size } = loadBatch(STOCK_IMAGES);
  const x = tf.tensor(imageValues(images), [size, 32, 32, 3]);
  const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10);
  const model = createStockModel();
  const { stock } = await measure({ stock: () => model.trainOnBatch(x, y) }, { warmUps: 0, runs: 1 });
  return (stock * config.batchSize) / STOCK_IMAGES;
};

/** The second of two: the first compiles. */
const measureJaxJs = async (): Promise<number> => {
  console.error(`bench: two steps of ${STOCK_IMAGES} images on jax-js, about a minute …`);
  const step = await createJaxJsStep(STOCK_IMAGES);
  const { jaxJs } = await measure({ jaxJs: step }, { warmUps: 1, runs: 1 });
  return (jaxJs * config.batchSize) / STOCK_IMAGES;
};
