import {
  datasetOf,
  type NamedArray,
  parseRunConfig,
  RUN_SCHEMA_VERSION,
  type RunManifest,
} from '@dropout-lab/contracts';
import type { Checkpoint } from './checkpoints/checkpoint-format.ts';

export const manifest: RunManifest = {
  schemaVersion: RUN_SCHEMA_VERSION,
  id: '2026-11-24T03-10-00-a1b2c3',
  createdAt: '2026-11-24T03:10:00.000Z',
  config: parseRunConfig({ epochs: 3 }),
  classNames: [...datasetOf('cifar10').classNames],
  backend: { name: 'cpu', description: 'cpu', workers: 1 },
  hardware: { cpu: 'some cpu', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
  data: { dataset: 'cifar10', sha256: {}, trainImages: 4, validationImages: 1, testImages: 1 },
  versions: { node: process.versions.node },
  command: ['train', '--epochs', '3'],
  commit: null,
};

const filled = (name: string, length: number, value: number): NamedArray => ({
  name,
  shape: [length],
  values: new Float32Array(length).fill(value),
});

/** Returns a checkpoint whose every number is the step at which it was taken. */
export const checkpointAt = (step: number, length = 1000): Checkpoint => ({
  modelTopology: { class_name: 'Sequential', config: { step } },
  snapshot: {
    weights: [filled('conv1/kernel', length, step), filled('conv1/bias', 8, step)],
    slots: [filled('conv1/kernel/m', length, -step)],
    progress: {
      epoch: 0,
      stepInEpoch: step,
      step,
      running: { lossSum: 0.1 * step, correct: step, count: 250 * step },
      learningRate: 0.001,
      learningRateScale: 1,
      epochSeconds: 0,
      callbacks: { early_stopping: { step } },
    },
  },
});
