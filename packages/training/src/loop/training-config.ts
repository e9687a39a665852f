import type {
  AveragingInput,
  CallbackConfig,
  CheckpointName,
  DropoutScheduleInput,
  LearningRateScheduleInput,
  LossConfig,
  OptimizerInput,
  RunConfig,
  Snapshot,
  WeightGroupInput,
} from '@dropout-lab/contracts';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Callback } from '../callbacks/callback.ts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import type { Metric } from '../metrics/metric.ts';
import type { CustomOptimizer } from '../optimizers/define-optimizer.ts';
import type { Schedule } from '../schedules/schedule.ts';

/** Stores checkpoints: in a run directory, a database, memory. */
export interface CheckpointSink {
  /** Stores a snapshot under this name, in place of the last one. */
  save(name: CheckpointName, snapshot: Snapshot): Promise<void>;
}

/** The part of a run configuration that is about training; optimizer, schedule and loss may be the user's own. */
export interface TrainingConfig extends Pick<RunConfig, 'epochs' | 'checkpointEverySteps'> {
  /** Settings that are left out are Keras's defaults. */
  readonly optimizer: OptimizerInput | CustomOptimizer;
  readonly schedule: LearningRateScheduleInput | Schedule;
  /** The loss that the model was compiled with when left out, else Keras's categorical crossentropy. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  /**
   * The factor of each class's loss in training; 1 when left out or null. `balanced`, which a run's configuration may have, is
   * refused here, where the labels of all images are not known.
   */
  readonly classWeight?: readonly number[] | 'balanced' | null | undefined;
  /** Called before the callbacks of the options. */
  readonly callbacks?: readonly CallbackConfig[] | undefined;
  /** Settings of the optimizer for some of the weights, by their names in `trainedWeights` of @dropout-lab/model; none when left out. */
  readonly weightGroups?: readonly WeightGroupInput[] | undefined;
  /**
   * The average of the weights, whose value they take in the end; none when left out. As in Keras, validation sees the weights
   * themselves with `ema`; with `lookahead` that of the last epoch sees the average.
   */
  readonly averaging?: AveragingInput | undefined;
  /** How the dropout rates of all layers change with the step; not at all when left out. */
  readonly dropoutSchedule?: DropoutScheduleInput | undefined;
  /** Steps after which training ends, within an epoch too; the end of the last epoch when left out or null. */
  readonly maxSteps?: number | null | undefined;
}

/** The model, its training and its results, apart from the data and the replica. */
export interface SessionOptions {
  /** A model of one input and one output, with a head that fits the loss. */
  readonly model: LayersModel;
  readonly config: TrainingConfig;
  readonly train: { readonly batchesPerEpoch: number };
  readonly validation?: object | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Metrics of the user's own, for each step, epoch and validation. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Receives a checkpoint `last` after every epoch and at an interruption, and `best` when validation loss (without validation, loss) improves. */
  readonly checkpoints?: CheckpointSink | undefined;
  /** Returns milliseconds since 1970, for the events' times; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}
