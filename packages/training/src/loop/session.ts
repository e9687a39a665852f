import {
  type CheckpointName,
  type EpochLogs,
  lengthBoundSetting,
  type Snapshot,
  type TrainingProgress,
} from '@dropout-lab/contracts';
import { addBatch, zeroTotals } from '@dropout-lab/metrics';
import {
  applyConstraints,
  findNotFinite,
  readWeights,
  trainedWeights,
  writeWeights,
} from '@dropout-lab/model';
import type { Tensor } from '@tensorflow/tfjs-core';
import { createAverager, isAverage } from '../averaging/averager.ts';
import { bestCheckpoint } from '../callbacks/best-checkpoint.ts';
import type { TrainingControls } from '../callbacks/callback.ts';
import {
  isOfCallback,
  readStates,
  requireMonitored,
  requireMonitors,
  withKeys,
  writeStates,
} from '../callbacks/keyed-callbacks.ts';
import { createCallback } from '../callbacks/table.ts';
import type { CompleteConfig } from '../checks/complete-config.ts';
import { TrainingError } from '../errors.ts';
import type { CustomOptimizer } from '../optimizers/define-optimizer.ts';
import { createOptimizer } from '../optimizers/optimizer.ts';
import type { TrainingLength } from './length.ts';
import type { SessionOptions } from './training-config.ts';
import type { TrainingEvent } from './training-event.ts';

/** The state of training from one step to the next; it is saved to checkpoints and restored from them. */
export interface Session {
  /** Updates the weights, their averages and their constraints, after so many updates before. */
  update(gradients: readonly Tensor[], learningRate: number, step: number): void;
  readonly progress: TrainingProgress;
  /** Counts a step; `loss` is the mean over its `count` images. */
  advance(batch: Parameters<typeof addBatch>[1], learningRate: number, seconds: number): TrainingProgress;
  /** Ends an epoch and calls the callbacks; returns the events that they cause. */
  endEpoch(logs: EpochLogs): Promise<TrainingEvent[]>;
  /** Makes training end before its last epoch, as {@link TrainingControls.stop} does. */
  endEarly(ending: NonNullable<TrainingProgress['ending']>): void;
  /** Calls the callbacks after the last epoch; returns the events that they cause. */
  endTraining(): Promise<TrainingEvent[]>;
  save(name: CheckpointName): Promise<TrainingEvent[]>;
  /**
   * Restores a snapshot; returns warnings about the state that could not be restored.
   *
   * @throws TrainingError or ModelError when the snapshot does not fit; the model is then unchanged.
   */
  restore(snapshot: Snapshot): TrainingEvent[];
  dispose(): void;
}

/** Returns the progress of training before its first step. */
export const initialProgress = (
  optimizer: Pick<CustomOptimizer, 'name' | 'learningRate'>,
): TrainingProgress => ({
  epoch: 0,
  stepInEpoch: 0,
  step: 0,
  running: zeroTotals,
  optimizer: optimizer.name,
  learningRate: optimizer.learningRate,
  learningRateScale: 1,
  epochSeconds: 0,
  callbacks: {},
});

/** Options of {@link createSession}. */
export interface CreateSessionOptions extends SessionOptions {
  readonly config: CompleteConfig;
  readonly length: TrainingLength;
}

export const createSession = (options: CreateSessionOptions): Session => {
  const { model, config, length, train, validation, checkpoints, now = Date.now } = options;
  // First among the names, so that the user's cannot take its key; last to be called.
  const [own, ...users] = withKeys([
    bestCheckpoint(validation ? 'val_loss' : 'loss'),
    ...(config.callbacks ?? []).map(createCallback),
    ...(options.callbacks ?? []),
  ]);
  const callbacks = [...users, own!];
  requireMonitors(users, options);
  const optimizer = createOptimizer(config.optimizer, trainedWeights(model), {
    groups: config.weightGroups,
    stepsPerEpoch: train.batchesPerEpoch,
  });
  const averager = createAverager(model, config.averaging, {
    totalSteps: length.totalSteps,
    frozen: optimizer.frozenAt(0),
  });
  const schedule = typeof config.schedule === 'function' ? undefined : config.schedule;
  const totalSteps = lengthBoundSetting({ ...config, schedule }) && length.totalSteps;
  let progress: TrainingProgress = {
    ...initialProgress(config.optimizer),
    ...(totalSteps !== undefined && { totalSteps }),
  };

  let weightsReplaced = false;
  const endEarly: Session['endEarly'] = (ending) => {
    progress = { ...progress, ending };
  };

  const save = async (name: CheckpointName): Promise<TrainingEvent[]> => {
    if (!checkpoints) return [];
    const states = readStates(callbacks);
    const weights = await readWeights(model);
    const notFinite = findNotFinite(weights);
    if (notFinite) {
      const message = `weight ${notFinite.name} is not finite after epoch ${progress.epoch}: the last checkpoint is an earlier one`;
      endEarly({ reason: 'nan', message });
      return [];
    }
    await checkpoints.save(name, {
      weights,
      slots: [...(await optimizer.readSlots()), ...(await averager.readSlots()), ...states.slots],
      progress: { ...progress, callbacks: states.data },
    });
    return [{ kind: 'checkpoint', time: now(), name, epoch: progress.epoch, step: progress.step }];
  };

  const controlsWith = (saved: TrainingEvent[]): TrainingControls => ({
    epoch: progress.epoch,
    learningRate: progress.learningRate,
    scaleLearningRate: (factor) => {
      progress = { ...progress, learningRateScale: progress.learningRateScale * factor };
    },
    stop: (message) => endEarly({ reason: 'early_stopping', message }),
    saveBest: async () => {
      saved.push(...(await save('best')));
    },
    readWeights: () => readWeights(model),
    writeWeights: (weights) => {
      writeWeights(model, weights);
      weightsReplaced = true;
    },
  });

  return {
    update: (gradients, learningRate, step) => {
      optimizer.update(gradients, learningRate, step);
      averager.afterUpdate(step);
      applyConstraints(model, optimizer.frozenAt(step));
      averager.afterConstraints(step);
    },
    get progress() {
      return progress;
    },
    advance: (batch, learningRate, seconds) => {
      progress = {
        ...progress,
        step: progress.step + 1,
        stepInEpoch: progress.stepInEpoch + 1,
        running: addBatch(progress.running, batch),
        learningRate,
        epochSeconds: progress.epochSeconds + seconds,
      };
      return progress;
    },
    endEpoch: async (logs) => {
      progress = {
        ...progress,
        epoch: progress.epoch + 1,
        stepInEpoch: 0,
        running: zeroTotals,
        epochSeconds: 0,
      };
      const saved: TrainingEvent[] = [];
      for (const { key, callback } of users) requireMonitored(key, callback, logs);
      for (const { callback } of callbacks) await callback.onEpochEnd?.(logs, controlsWith(saved));
      return saved;
    },
    endEarly,
    endTraining: async () => {
      const saved: TrainingEvent[] = [];
      // Before the callbacks, as Keras: early stopping may put the weights of its best epoch in their place.
      weightsReplaced = progress.ending?.reason !== 'nan' && averager.end();
      for (const { callback } of callbacks) await callback.onTrainEnd?.(controlsWith(saved));
      return weightsReplaced ? [...saved, ...(await save('last'))] : saved;
    },
    save,
    restore: (snapshot) => {
      requireFit(snapshot.progress, {
        optimizer: config.optimizer.name,
        stepsPerEpoch: train.batchesPerEpoch,
        totalSteps,
      });
      const slots = snapshot.slots.filter((slot) => !isOfCallback(slot));
      const writeAverages = averager.prepareSlots(slots.filter(isAverage));
      // The model last, so that a refused snapshot leaves it unchanged.
      optimizer.writeSlots(slots.filter((slot) => !isAverage(slot)));
      writeAverages();
      writeWeights(model, snapshot.weights);
      writeStates(callbacks, snapshot);
      progress = { ...snapshot.progress, optimizer: config.optimizer.name };
      const known = callbacks.map(({ key }) => key);
      return Object.keys(snapshot.progress.callbacks)
        .filter((name) => !known.includes(name))
        .map((name) => ({
          kind: 'warning',
          time: now(),
          message: `checkpoint: it has the state of a callback ${name}, which is not among those of this run (${known.join(', ')}): its state is dropped`,
        }));
    },
    dispose: () => {
      optimizer.dispose();
      averager.dispose();
    },
  };
};

/** The training that a snapshot must be of. */
interface Expected {
  /** The name of the optimizer. */
  readonly optimizer: string;
  readonly stepsPerEpoch: number;
  /** Undefined where the training may have any length. */
  readonly totalSteps: number | undefined;
}

/** @throws TrainingError when a snapshot is of another training. */
const requireFit = (found: TrainingProgress, expected: Expected): void => {
  const { epoch, stepInEpoch, step, optimizer = expected.optimizer } = found;
  const { stepsPerEpoch, totalSteps } = expected;
  if (found.totalSteps !== totalSteps)
    throw misfit(`a training of ${lengthInWords(totalSteps)}`, `one of ${lengthInWords(found.totalSteps)}`);
  const before = Math.min(epoch * stepsPerEpoch, totalSteps ?? Number.POSITIVE_INFINITY);
  if (step !== before + stepInEpoch || stepInEpoch > stepsPerEpoch) {
    throw misfit(
      `epochs of ${stepsPerEpoch} steps`,
      `${step} steps in ${epoch} epochs and ${stepInEpoch} steps`,
    );
  }
  if (optimizer !== expected.optimizer)
    throw misfit(`the state of ${expected.optimizer}`, `that of ${optimizer}`);
};

const lengthInWords = (steps: number | undefined): string =>
  steps === undefined ? 'any length' : `${steps} steps`;

const misfit = (expected: string, found: string): TrainingError =>
  new TrainingError(
    `checkpoint: expected ${expected}, found ${found}: resume with the configuration that the run was started with`,
  );
