import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasets, parseRunConfig, RUN_SCHEMA_VERSION, type RunEvent } from '@dropout-lab/contracts';
import { createRunDirectory, type RunDirectory } from '@dropout-lab/runs/node';

export const EPOCHS = 55;
export const ARMS = 10;
const SEEDS = 10;
export const STEPS = 160;

/** Makes the event of an epoch; the curves of runs differ, and have the shape of real ones. */
export const epochEvent = (run: number, epoch: number): RunEvent => {
  const arm = Math.floor(run / SEEDS);
  const wiggle = Math.sin(epoch * 1.7 + run * 2.3) / 60;
  const progress = 1 - Math.exp(-epoch / (8 + arm));
  return {
    kind: 'epoch',
    time: 0,
    epoch,
    step: epoch * STEPS,
    logs: {
      loss: 2.1 - 1.6 * progress + wiggle,
      accuracy: 0.2 + 0.6 * progress + wiggle,
      val_loss: 2.1 - 1.3 * progress + (epoch / 120) * (1 - arm / 12) + 2 * wiggle,
      val_accuracy: 0.2 + 0.55 * progress + 2 * wiggle,
    },
    learningRate: 0.001,
    seconds: 20 + run / 10,
  };
};

export const stepEvent = (epoch: number, stepInEpoch: number): RunEvent => ({
  kind: 'step',
  time: 0,
  epoch,
  step: (epoch - 1) * STEPS + stepInEpoch,
  stepInEpoch,
  stepsPerEpoch: STEPS,
  loss: 1,
  accuracy: 0.6,
  learningRate: 0.001,
  imagesPerSecond: 1000,
});

/** Writes a hundred runs of 55 epochs, ten seeds of ten arms, to a new folder; the last one lacks its last epoch. */
export const createRuns = async (): Promise<{ readonly folder: string; readonly last: RunDirectory }> => {
  const folder = await mkdtemp(join(tmpdir(), 'dropout-lab-bench-viewer-'));
  let last: RunDirectory | undefined;
  for (let run = 0; run < ARMS * SEEDS; run++) {
    await last?.close();
    last = await createRun(folder, run);
    const epochs = run === ARMS * SEEDS - 1 ? EPOCHS - 1 : EPOCHS;
    last.append({ kind: 'run-started', time: 0, epochs: EPOCHS, stepsPerEpoch: STEPS });
    for (let epoch = 1; epoch <= epochs; epoch++) last.append(epochEvent(run, epoch));
    if (epochs < EPOCHS) continue;
    last.append({
      kind: 'run-ended',
      time: 0,
      reason: 'completed',
      epoch: EPOCHS,
      step: EPOCHS * STEPS,
      message: '',
    });
  }
  return { folder, last: last! };
};

/** Creates a run without events. */
export const createRun = (folder: string, run: number): Promise<RunDirectory> => {
  const id = `run-${String(run).padStart(3, '0')}`;
  return createRunDirectory(join(folder, id), {
    schemaVersion: RUN_SCHEMA_VERSION,
    id,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, run)).toISOString(),
    config: parseRunConfig({
      epochs: EPOCHS,
      seed: run % SEEDS,
      model: { dropout: { rate: Math.floor(run / SEEDS) / 12 } },
    }),
    classNames: [...datasets.cifar10.classNames],
    backend: { name: 'cpu', description: 'none: made up for a benchmark', workers: 1 },
    hardware: { cpu: 'none', cores: 1, memoryBytes: 1, platform: 'none' },
    data: {
      dataset: 'cifar10',
      sha256: {},
      trainImages: 40_000,
      validationImages: 10_000,
      testImages: 10_000,
    },
    versions: {},
    command: [],
    commit: null,
  });
};
