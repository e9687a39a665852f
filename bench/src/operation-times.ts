import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { train } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { config, createSource } from './shared/workload.ts';

const WARM_UP_STEPS = 10;
const STEPS = 50;

/** Milliseconds of a training step of the tutorial on tfjs-node: of the whole step, and of each TensorFlow operation. */
export interface OperationTimes {
  readonly step: number;
  readonly operations: readonly { readonly name: string; readonly milliseconds: number }[];
}

/** Measures mean times over {@link STEPS} steps. An operation returns when its result is complete. */
export const timeOperations = async (): Promise<OperationTimes> => {
  const { train: images } = await loadCifar(CIFAR10);
  await startBackend('node');
  const times = new Map<string, number>();
  watchOperations(times);
  const model = buildModel(modelSpecOf(config), config.seed);
  let startedAt = 0;
  for await (const event of train({ model, config, train: createSource(images) })) {
    if (event.kind !== 'step') continue;
    if (event.step === WARM_UP_STEPS) {
      times.clear();
      startedAt = performance.now();
    }
    if (event.step === WARM_UP_STEPS + STEPS) break;
  }
  const step = (performance.now() - startedAt) / STEPS;
  model.dispose();
  const operations = [...times]
    .map(([name, total]) => ({ name, milliseconds: total / STEPS }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
  return { step, operations };
};

interface Addon {
  executeOp(operation: string, ...rest: unknown[]): unknown;
}

/** Times the calls between tfjs-node's backend and its addon, whose functions cannot be replaced. */
const watchOperations = (times: Map<string, number>): void => {
  const backend = tf.backend() as unknown as { binding: Addon };
  const addon = backend.binding;
  const watched = Object.fromEntries(
    Object.getOwnPropertyNames(addon).map((name) => [name, addon[name as keyof Addon]]),
  ) as unknown as Addon;
  watched.executeOp = (operation, ...rest) => {
    const startedAt = performance.now();
    const result = addon.executeOp(operation, ...rest);
    times.set(operation, (times.get(operation) ?? 0) + performance.now() - startedAt);
    return result;
  };
  backend.binding = watched;
};
