import type {
  CheckpointName,
  EpochLogs,
  NamedArray,
  RunConfig,
  RunEvent,
  Snapshot,
  TrainingProgress,
} from '@dropout-lab/contracts';
import { addBatch, noImagesYet } from '@dropout-lab/metrics';
import { readWeights, writeWeights } from '@dropout-lab/model';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { bestCheckpoint } from './best-checkpoint.ts';
import type { Callback, CallbackState, TrainingControls } from './callback.ts';
import { TrainingError } from './errors.ts';
import { createOptimizer, type Optimizer, type TrainedVariable } from './optimizer.ts';

/** Where checkpoints go: a run directory, a database, memory. */
export interface CheckpointSink {
  save(name: CheckpointName, snapshot: Snapshot): Promise<void>;
}

export interface SessionOptions {
  /** Ends as a classifier: see `logitsModel` of @dropout-lab/model. */
  readonly model: LayersModel;
  readonly config: Pick<RunConfig, 'optimizer' | 'schedule' | 'epochs' | 'checkpointEverySteps'>;
  readonly train: { readonly batchesPerEpoch: number };
  readonly validation?: object | undefined;
  readonly callbacks?: readonly Callback[];
  /** Gets a checkpoint `last` after every epoch and at an interruption, and `best` when validation loss improves. */
  readonly checkpoints?: CheckpointSink | undefined;
  /** Milliseconds since 1970, for the events' times; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

/** All that training remembers from one step to the next, and its way to and from a checkpoint. */
export interface Session {
  readonly optimizer: Optimizer;
  readonly progress: TrainingProgress;
  /** Set once a callback has asked for the end. */
  readonly stopMessage: string | undefined;
  /** Counts a step; `loss` is the mean over its `count` images. */
  advance(
    batch: { readonly loss: number; readonly correct: number; readonly count: number },
    learningRate: number,
    seconds: number,
  ): TrainingProgress;
  /** Begins the next epoch and tells the callbacks of the one before; returns what they caused. */
  endEpoch(logs: EpochLogs): Promise<RunEvent[]>;
  /** Tells the callbacks of the end; returns what they caused. */
  endTraining(): Promise<RunEvent[]>;
  save(name: CheckpointName): Promise<RunEvent[]>;
  /** @throws TrainingError when the snapshot does not fit. */
  restore(snapshot: Snapshot): TrainingProgress;
  dispose(): void;
}

export const createSession = (options: SessionOptions): Session => {
  const { model, config, train, validation, checkpoints, now = Date.now } = options;
  const optimizer = createOptimizer(config.optimizer, trainedVariables(model));
  const callbacks = [...(options.callbacks ?? []), bestCheckpoint(validation ? 'val_loss' : 'loss')];
  let progress: TrainingProgress = {
    epoch: 0,
    stepInEpoch: 0,
    step: 0,
    running: noImagesYet,
    learningRate: config.optimizer.learningRate,
    learningRateScale: 1,
    epochSeconds: 0,
    callbacks: [],
  };
  let stopMessage: string | undefined;

  const save = async (name: CheckpointName): Promise<RunEvent[]> => {
    if (!checkpoints) return [];
    const states = callbacks.map((callback): CallbackState => callback.readState?.() ?? { data: null });
    await checkpoints.save(name, {
      weights: readWeights(model),
      slots: [
        ...(await optimizer.readSlots()),
        ...states.flatMap(({ arrays = [] }, i) => addPrefix(arrays, i)),
      ],
      progress: { ...progress, callbacks: states.map(({ data }) => data) },
    });
    return [{ kind: 'checkpoint', time: now(), name, epoch: progress.epoch, step: progress.step }];
  };

  const controlsWith = (saved: RunEvent[]): TrainingControls => ({
    epoch: progress.epoch,
    learningRate: progress.learningRate,
    scaleLearningRate: (factor) => {
      progress = { ...progress, learningRateScale: progress.learningRateScale * factor };
    },
    stop: (message) => {
      stopMessage = message;
    },
    saveBest: async () => {
      saved.push(...(await save('best')));
    },
    readWeights: () => readWeights(model),
    writeWeights: (weights) => writeWeights(model, weights),
  });

  return {
    optimizer,
    get progress() {
      return progress;
    },
    get stopMessage() {
      return stopMessage;
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
        running: noImagesYet,
        epochSeconds: 0,
      };
      const saved: RunEvent[] = [];
      for (const callback of callbacks) await callback.onEpochEnd?.(logs, controlsWith(saved));
      return saved;
    },
    endTraining: async () => {
      const listeners = callbacks.filter(({ onTrainEnd }) => onTrainEnd);
      if (listeners.length === 0) return [];
      const saved: RunEvent[] = [];
      for (const callback of listeners) await callback.onTrainEnd!(controlsWith(saved));
      // They may have put other weights in place, which are then the run's last.
      return [...saved, ...(await save('last'))];
    },
    save,
    restore: (snapshot) => {
      const states = snapshot.progress.callbacks;
      if (states.length !== callbacks.length || snapshot.progress.stepInEpoch > train.batchesPerEpoch) {
        throw new TrainingError(
          `checkpoint: expected ${callbacks.length} callbacks and epochs of ${train.batchesPerEpoch} steps, found ${states.length} callbacks at step ${snapshot.progress.stepInEpoch} of an epoch: resume with the configuration that the run was started with`,
        );
      }
      writeWeights(model, snapshot.weights);
      optimizer.writeSlots(snapshot.slots.filter(({ name }) => !name.startsWith(PREFIX)));
      callbacks.forEach((callback, i) => {
        callback.writeState?.({ data: states[i], arrays: withoutPrefix(snapshot.slots, i) });
      });
      progress = snapshot.progress;
      return progress;
    },
    dispose: () => optimizer.dispose(),
  };
};

const trainedVariables = (model: LayersModel): TrainedVariable[] =>
  model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: weight.read() as Variable,
  }));

const PREFIX = 'callback/';

const addPrefix = (arrays: readonly NamedArray[], index: number): NamedArray[] =>
  arrays.map((array) => ({ ...array, name: `${PREFIX}${index}/${array.name}` }));

const withoutPrefix = (arrays: readonly NamedArray[], index: number): NamedArray[] => {
  const prefix = `${PREFIX}${index}/`;
  return arrays
    .filter(({ name }) => name.startsWith(prefix))
    .map((array) => ({ ...array, name: array.name.slice(prefix.length) }));
};
