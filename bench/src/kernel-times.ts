import { startBackend } from '@dropout-lab/backend/node';
import { createReplica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { measureCeiling } from './ceiling.ts';
import { recordCalls, timeKernels } from './kernels/kernel-calls.ts';
import { createTrainer } from './kernels/trainer.ts';
import { workOf } from './kernels/work.ts';

const WARM_UP_STEPS = 10;
const STEPS = 50;

/** Milliseconds of a training step of the tutorial on one thread of wasm: of the whole step, and of each kernel. */
export interface KernelTimes {
  readonly step: number;
  readonly kernels: readonly {
    readonly name: string;
    readonly milliseconds: number;
    /** Floating-point operations on numbers that are not zero; undefined where a kernel sums no products. */
    readonly operations: number | undefined;
  }[];
  /** GFLOP/s of the inner loop with all operands in the nearest cache. */
  readonly ceiling: number;
}

/** Measures mean times over {@link STEPS} steps. */
export const timeKernelsOfStep = async (): Promise<KernelTimes> => {
  await startBackend('wasm');
  const { plain: ceiling } = await measureCeiling();
  const trainer = createTrainer();
  const replica = createReplica(trainer.model);
  for (let i = 0; i < WARM_UP_STEPS; i++) await trainer.step(replica);
  const clock = timeKernels('wasm');
  const startedAt = performance.now();
  for (let i = 0; i < STEPS; i++) await trainer.step(replica);
  const step = (performance.now() - startedAt) / STEPS;
  clock.stop();

  const calls = await recordCalls(
    tf.getKernelsForBackend('wasm'),
    async () => void (await trainer.step(replica)),
  );
  trainer.model.dispose();
  const kernels = [...clock.byName()]
    .map(([name, total]) => {
      const works = calls.filter(({ kernelName }) => kernelName === name).map(workOf);
      // Of no call, as of one that sums no products, nothing is known.
      const counted = works.length > 0 && works.every((work) => work !== undefined);
      const operations = counted ? works.reduce((sum, work) => sum + work, 0) : undefined;
      return { name, milliseconds: total / STEPS, operations };
    })
    .sort((a, b) => b.milliseconds - a.milliseconds);
  return { step, kernels, ceiling };
};
