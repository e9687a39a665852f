import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  datasetKey,
  datasetOf,
  parseRunConfig,
  RUN_SCHEMA_VERSION,
  type RunConfigInput,
  type RunEvent,
  type RunManifest,
  type TrainingProgress,
} from '@dropout-lab/contracts';
import { type EpochRow, encodeManifest, runFiles } from '@dropout-lab/runs';
import { createRunDirectory, type RunDirectory } from '@dropout-lab/runs/node';
import type { RunDigest } from '../shared/runs/catalogue.ts';

export const { classNames } = datasetOf('cifar10');

export const manifestOf = (id: string, input: RunConfigInput = {}): RunManifest => {
  const config = parseRunConfig({ epochs: 3, ...input });
  const { dataset } = config;
  return {
    schemaVersion: RUN_SCHEMA_VERSION,
    id,
    createdAt: '2026-11-24T03:10:00.000Z',
    config,
    classNames: [...datasetOf(dataset).classNames],
    backend: { name: 'cpu', description: 'cpu', workers: 1 },
    hardware: { cpu: 'some cpu', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
    data: {
      dataset: datasetKey(dataset),
      sha256: {},
      trainImages: 40_000,
      validationImages: 10_000,
      testImages: 10_000,
    },
    versions: { node: process.versions.node },
    command: ['train', '--epochs', '3'],
    commit: null,
  };
};

/** A run directory that goes on until it is closed. */
export const createRun = (
  root: string,
  name: string,
  config: RunConfigInput = {},
  id: string = name,
): Promise<RunDirectory> => createRunDirectory(join(root, name), manifestOf(id, config));

const STEPS = 160;

export const started: RunEvent = { kind: 'run-started', time: 0, epochs: 3, stepsPerEpoch: STEPS };

export const stepEvent = (epoch: number, stepInEpoch: number): RunEvent => ({
  kind: 'step',
  time: 0,
  epoch,
  step: (epoch - 1) * STEPS + stepInEpoch,
  stepInEpoch,
  stepsPerEpoch: STEPS,
  loss: 1.5,
  accuracy: 0.4,
  learningRate: 0.001,
  imagesPerSecond: 1234,
});

export const epochEvent = (
  epoch: number,
  changes: { val_loss?: number; val_accuracy?: number } = {},
): RunEvent => ({
  kind: 'epoch',
  time: 0,
  epoch,
  step: epoch * STEPS,
  logs: {
    loss: 2 / epoch,
    accuracy: 0.3 + epoch / 100,
    val_loss: 1.9 / epoch,
    val_accuracy: 0.35 + epoch / 100,
    ...changes,
  },
  learningRate: 0.001,
  seconds: 20,
});

export const ended: RunEvent = {
  kind: 'run-ended',
  time: 0,
  reason: 'completed',
  epoch: 3,
  step: 3 * STEPS,
  message: '3 epochs',
};

/** All that happens in a run of three epochs. */
export const wholeRun: readonly RunEvent[] = [
  started,
  stepEvent(1, 1),
  epochEvent(1),
  epochEvent(2),
  epochEvent(3),
  ended,
];

/** Where its training stands at the end. */
export const progressAtEnd: TrainingProgress = {
  epoch: 3,
  stepInEpoch: 0,
  step: 3 * STEPS,
  running: { lossSum: 0, correct: 0, count: 0 },
  learningRate: 0.001,
  learningRateScale: 1,
  epochSeconds: 0,
  callbacks: {},
};

/** A run of three epochs that has ended. */
export const createEndedRun = async (
  root: string,
  name: string,
  config: RunConfigInput = {},
): Promise<void> => {
  const run = await createRun(root, name, config);
  for (const event of wholeRun) run.append(event);
  await run.close();
};

/** Writes an ended run's files without waiting for the disk, which takes half a second for each run, for folders of hundreds. */
export const writeRunFiles = async (
  root: string,
  name: string,
  config: RunConfigInput,
  events: readonly RunEvent[],
): Promise<void> => {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, runFiles.manifest), await encodeManifest(manifestOf(name, config)));
  await writeFile(
    join(folder, runFiles.events),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
};

/** A run as a catalogue has it, with the given metrics of its epochs. */
export const createDigest = (
  name: string,
  config: RunConfigInput,
  rows: readonly Partial<EpochRow>[],
): RunDigest => ({
  name,
  revision: 1,
  manifest: manifestOf(name, config),
  events: rows.map(({ loss = 1, accuracy = 0.5, val_loss, val_accuracy, seconds = 20 }, i) => ({
    kind: 'epoch',
    time: 0,
    epoch: i + 1,
    step: (i + 1) * STEPS,
    logs: { loss, accuracy, val_loss, val_accuracy },
    learningRate: 0.001,
    seconds,
  })),
  isThinned: false,
  isBeingWritten: false,
  checkpoints: [],
  hasEvaluation: false,
  hasPredictions: false,
});

/** Returns a checkpoint whose every number is the step at which it was taken; its weights have several parts of a megabyte. */
export const checkpointAt = (
  step: number,
  length = 600_000,
): Parameters<RunDirectory['saveCheckpoint']>[1] => ({
  modelTopology: { class_name: 'Sequential', config: { step } },
  snapshot: {
    weights: [{ name: 'dense/kernel', shape: [length], values: new Float32Array(length).fill(step) }],
    slots: [],
    progress: {
      epoch: 0,
      stepInEpoch: step,
      step,
      running: { lossSum: 1, correct: 0, count: step },
      learningRate: 0.001,
      learningRateScale: 1,
      epochSeconds: 0,
      callbacks: {},
    },
  },
});
