import type {
  CallbackConfig,
  CheckpointName,
  LearningRateScheduleConfig,
  LossConfig,
  OptimizerConfig,
  RunConfig,
  Snapshot,
} from '@dropout-lab/contracts';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Callback } from '../callbacks/callback.ts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import type { Metric } from '../metrics/metric.ts';
import type { CustomOptimizer } from '../optimizers/define-optimizer.ts';
import type { Schedule } from '../schedules/definition.ts';

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
