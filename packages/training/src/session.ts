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
  /** Keeps a snapshot under this name, in place of the one before. */
  save(name: CheckpointName, snapshot: Snapshot): Promise<void>;
}

/** What is trained and how, apart from where gradients come from. */
export interface SessionOptions {
  /** Ends as a classifier: see `logitsModel` of @dropout-lab/model. */
  readonly model: LayersModel;
  readonly config: Pick<RunConfig, 'optimizer' | 'schedule' | 'epochs' | 'checkpointEverySteps'>;
  readonly train: { readonly batchesPerEpoch: number };
  readonly validation?: object | undefined;
  readonly callbacks?: readonly Callback[];
  /** Gets a checkpoint `last` after every epoch and at an interruption, and `best` when validation loss (without validation, loss) improves. */
  readonly checkpoints?: CheckpointSink | undefined;
  /** Milliseconds since 1970, for the events' times; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

/** All that training remembers from one step to the next, and its way to and from a checkpoint. */
export interface Session {
  readonly optimizer: Optimizer;
  readonly progress: TrainingProgress;
  /** Counts a step; `loss` is the mean over its `count` images. */
  advance(
    batch: { readonly loss: number; readonly correct: number; readonly count: number },
    learningRate: number,
    seconds: number,
  ): TrainingProgress;
  /** Begins the next epoch and tells the callbacks of the one before; returns what they caused. */
  endEpoch(logs: EpochLogs): Promise<RunEvent[]>;
  /** Lets training end before its last epoch, as {@link TrainingControls.stop} does. */
  endEarly(ending: NonNullable<TrainingProgress['ending']>): void;
  /** Tells the callbacks of the end; returns what they caused. */
  endTraining(): Promise<RunEvent[]>;
  save(name: CheckpointName): Promise<RunEvent[]>;
  /** @throws TrainingError or ModelError when the snapshot does not fit; the model is then unchanged. */
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

  let weightsReplaced = false;
  const endEarly: Session['endEarly'] = (ending) => {
    progress = { ...progress, ending };
  };

  const save = async (name: CheckpointName): Promise<RunEvent[]> => {
    if (!checkpoints) return [];
    const states = callbacks.map((callback): CallbackState => callback.readState?.() ?? { data: null });
    await checkpoints.save(name, {
      weights: await readWeights(model),
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
    optimizer,
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
        running: noImagesYet,
        epochSeconds: 0,
      };
      const saved: RunEvent[] = [];
      for (const callback of callbacks) await callback.onEpochEnd?.(logs, controlsWith(saved));
      return saved;
    },
    endEarly,
    endTraining: async () => {
      const saved: RunEvent[] = [];
      weightsReplaced = false;
      for (const callback of callbacks) await callback.onTrainEnd?.(controlsWith(saved));
      return weightsReplaced ? [...saved, ...(await save('last'))] : saved;
    },
    save,
    restore: (snapshot) => {
      const { epoch, stepInEpoch, step, callbacks: states } = snapshot.progress;
      const { batchesPerEpoch } = train;
      if (step !== epoch * batchesPerEpoch + stepInEpoch || stepInEpoch > batchesPerEpoch) {
        throw misfit(
          `expected epochs of ${batchesPerEpoch} steps, found ${step} steps in ${epoch} epochs and ${stepInEpoch} steps`,
        );
      }
      if (states.length !== callbacks.length) {
        throw misfit(
          `expected the states of ${callbacks.length} callbacks (the run's own included), found ${states.length}`,
        );
      }
      // The model last: what is refused before leaves it as it was.
      optimizer.writeSlots(snapshot.slots.filter(({ name }) => !name.startsWith(PREFIX)));
      writeWeights(model, snapshot.weights);
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

const misfit = (finding: string): TrainingError =>
  new TrainingError(`checkpoint: ${finding}: resume with the configuration that the run was started with`);

const PREFIX = 'callback/';

const addPrefix = (arrays: readonly NamedArray[], index: number): NamedArray[] =>
  arrays.map((array) => ({ ...array, name: `${PREFIX}${index}/${array.name}` }));

const withoutPrefix = (arrays: readonly NamedArray[], index: number): NamedArray[] => {
  const prefix = `${PREFIX}${index}/`;
  return arrays
    .filter(({ name }) => name.startsWith(prefix))
    .map((array) => ({ ...array, name: array.name.slice(prefix.length) }));
};
