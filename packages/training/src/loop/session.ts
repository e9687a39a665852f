import type {
  CallbackConfig,
  CheckpointName,
  EpochLogs,
  LearningRateScheduleConfig,
  LossConfig,
  NamedArray,
  OptimizerConfig,
  RunConfig,
  Snapshot,
  TrainingProgress,
} from '@dropout-lab/contracts';
import { addBatch, zeroTotals } from '@dropout-lab/metrics';
import { findNotFinite, readWeights, trainedWeights, writeWeights } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { bestCheckpoint } from '../callbacks/best-checkpoint.ts';
import type { Callback, CallbackState, TrainingControls } from '../callbacks/callback.ts';
import { createCallback } from '../callbacks/table.ts';
import { TrainingError } from '../errors.ts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import type { Metric } from '../metrics/metric.ts';
import type { CustomOptimizer } from '../optimizers/define-optimizer.ts';
import { createOptimizer, type Optimizer } from '../optimizers/optimizer.ts';
import type { Schedule } from '../schedules/definition.ts';
import type { TrainingEvent } from './training-event.ts';

/** Where checkpoints go: a run directory, a database, memory. */
export interface CheckpointSink {
  /** Keeps a snapshot under this name, in place of the one before. */
  save(name: CheckpointName, snapshot: Snapshot): Promise<void>;
}

/** How a model is trained: the part of a run configuration, or an optimizer, a schedule and a loss of the user's own. */
export interface TrainingConfig extends Pick<RunConfig, 'epochs' | 'checkpointEverySteps'> {
  readonly optimizer: OptimizerConfig | CustomOptimizer;
  readonly schedule: LearningRateScheduleConfig | Schedule;
  /** What the model was compiled with when left out, or Keras's categorical crossentropy. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  /** What each class's loss is multiplied by in training; 1 when left out or null. */
  readonly classWeight?: readonly number[] | null | undefined;
  /** Called before those that the options give. */
  readonly callbacks?: readonly CallbackConfig[] | undefined;
}

/** What is trained and how, apart from where gradients come from. */
export interface SessionOptions {
  /** Of one input and one output, which ends as its loss needs it. */
  readonly model: LayersModel;
  readonly config: TrainingConfig;
  readonly train: { readonly batchesPerEpoch: number };
  readonly validation?: object | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Metrics of the user's own, for each step, epoch and validation. */
  readonly metrics?: readonly Metric[] | undefined;
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
  advance(batch: Parameters<typeof addBatch>[1], learningRate: number, seconds: number): TrainingProgress;
  /** Begins the next epoch and tells the callbacks of the one before; returns what they caused. */
  endEpoch(logs: EpochLogs): Promise<TrainingEvent[]>;
  /** Lets training end before its last epoch, as {@link TrainingControls.stop} does. */
  endEarly(ending: NonNullable<TrainingProgress['ending']>): void;
  /** Tells the callbacks of the end; returns what they caused. */
  endTraining(): Promise<TrainingEvent[]>;
  save(name: CheckpointName): Promise<TrainingEvent[]>;
  /**
   * Goes to where a snapshot was taken; returns the warnings of what it could not take over.
   *
   * @throws TrainingError or ModelError when the snapshot does not fit; the model is then unchanged.
   */
  restore(snapshot: Snapshot): TrainingEvent[];
  dispose(): void;
}

/** Where training stands before its first step. */
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

export const createSession = (options: SessionOptions): Session => {
  const { model, config, train, validation, checkpoints, now = Date.now } = options;
  // The run's own has its name whatever the user's are called, and is called last.
  const [own, ...users] = withKeys([
    bestCheckpoint(validation ? 'val_loss' : 'loss'),
    ...(config.callbacks ?? []).map(createCallback),
    ...(options.callbacks ?? []),
  ]);
  const callbacks = [...users, own!];
  requireMonitors(users, options);
  const optimizer = createOptimizer(config.optimizer, trainedWeights(model));
  let progress = initialProgress(config.optimizer);

  let weightsReplaced = false;
  const endEarly: Session['endEarly'] = (ending) => {
    progress = { ...progress, ending };
  };

  const save = async (name: CheckpointName): Promise<TrainingEvent[]> => {
    if (!checkpoints) return [];
    const states = callbacks.flatMap(({ key, callback }): [string, CallbackState][] => {
      const state = callback.readState?.();
      return state ? [[key, state]] : [];
    });
    const weights = await readWeights(model);
    const notFinite = findNotFinite(weights);
    if (notFinite) {
      const message = `weight ${notFinite.name} is not finite after epoch ${progress.epoch}: the checkpoint is from before`;
      endEarly({ reason: 'nan', message });
      return [];
    }
    await checkpoints.save(name, {
      weights,
      slots: [
        ...(await optimizer.readSlots()),
        ...states.flatMap(([name, { arrays = [] }]) => addPrefix(arrays, name)),
      ],
      progress: {
        ...progress,
        callbacks: Object.fromEntries(states.map(([name, { data }]) => [name, data])),
      },
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
      weightsReplaced = false;
      for (const { callback } of callbacks) await callback.onTrainEnd?.(controlsWith(saved));
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
      const { optimizer: trainedBy = config.optimizer.name } = snapshot.progress;
      if (trainedBy !== config.optimizer.name) {
        throw misfit(`expected the state of ${config.optimizer.name}, found that of ${trainedBy}`);
      }
      // The model last: what is refused before leaves it as it was.
      optimizer.writeSlots(snapshot.slots.filter(({ name }) => !name.startsWith(PREFIX)));
      writeWeights(model, snapshot.weights);
      for (const { key, callback } of callbacks) {
        // One that was not there yet starts fresh.
        if (!Object.hasOwn(states, key)) continue;
        callback.writeState?.({ data: states[key], arrays: withoutPrefix(snapshot.slots, key) });
      }
      progress = { ...snapshot.progress, optimizer: config.optimizer.name };
      const known = callbacks.map(({ key }) => key);
      return Object.keys(states)
        .filter((name) => !known.includes(name))
        .map((name) => ({
          kind: 'warning',
          time: now(),
          message: `checkpoint: it has the state of a callback ${name}, which is not among those of this run (${known.join(', ')}): its state is dropped`,
        }));
    },
    dispose: () => optimizer.dispose(),
  };
};

interface KeyedCallback {
  /** What its state is kept by: its name, the second of a name as `<name>_1`. */
  readonly key: string;
  readonly callback: Callback;
}

const withKeys = (callbacks: readonly Callback[]): KeyedCallback[] => {
  const taken = new Set<string>();
  return callbacks.map((callback) => {
    if (typeof callback?.name !== 'string') {
      throw new TrainingError('callbacks: expected a name of each, found one without: see Callback');
    }
    let key = callback.name;
    for (let number = 1; taken.has(key); number++) key = `${callback.name}_${number}`;
    taken.add(key);
    return { key, callback };
  });
};

/** @throws TrainingError when a callback watches what is not measured: it would never do anything. */
const requireMonitors = (
  callbacks: readonly KeyedCallback[],
  { validation, metrics = [] }: SessionOptions,
): void => {
  const measured = ['loss', 'accuracy', ...metrics.map(({ name }) => name)];
  const known = [...measured, ...(validation ? measured.map((name) => `val_${name}`) : [])];
  for (const { key, callback } of callbacks) {
    const { monitor } = callback;
    if (monitor === undefined || known.includes(monitor)) continue;
    const isOfValidation = !validation && measured.includes(monitor.replace(/^val_/, ''));
    throw new TrainingError(
      `callbacks: ${key}: expected a metric that is measured (${known.join(', ')}), found ${monitor}${isOfValidation ? ', and no validation images' : ''}: ${isOfValidation ? `give some, or watch ${monitor.replace(/^val_/, '')}` : 'watch one of them, or give it among the metrics'}`,
    );
  }
};

/** @throws TrainingError when a callback watches an accuracy that this loss has none of. */
const requireMonitored = (key: string, { monitor }: Callback, logs: EpochLogs): void => {
  if (monitor === undefined || logs[monitor] !== undefined) return;
  throw new TrainingError(
    `callbacks: ${key}: expected a metric that is measured (${Object.keys(logs).join(', ')}), found ${monitor}: watch one of them, or give it among the metrics`,
  );
};

const misfit = (finding: string): TrainingError =>
  new TrainingError(`checkpoint: ${finding}: resume with the configuration that the run was started with`);

const PREFIX = 'callback/';

const addPrefix = (arrays: readonly NamedArray[], callback: string): NamedArray[] =>
  arrays.map((array) => ({ ...array, name: `${PREFIX}${callback}/${array.name}` }));

const withoutPrefix = (arrays: readonly NamedArray[], callback: string): NamedArray[] => {
  const prefix = `${PREFIX}${callback}/`;
  return arrays
    .filter(({ name }) => name.startsWith(prefix))
    .map((array) => ({ ...array, name: array.name.slice(prefix.length) }));
};
