import type { EpochLogs, NamedArray } from '@dropout-lab/contracts';

/** The state of training that a callback can see, and its means to change it. */
export interface TrainingControls {
  /** Epochs completed, from 1. */
  readonly epoch: number;
  /** The learning rate of the last update. */
  readonly learningRate: number;
  /** Multiplies the scheduled learning rate from the next update on. */
  scaleLearningRate(factor: number): void;
  /** Ends training after this epoch's callbacks. */
  stop(message: string): void;
  /** Keeps the current weights as the run's best checkpoint. */
  saveBest(): Promise<void>;
  /** The model's weights now, copied. */
  readWeights(): Promise<NamedArray[]>;
  /** Replaces the model's weights. @throws ModelError when names or shapes differ. */
  writeWeights(weights: readonly NamedArray[]): void;
}

/** A callback's state, for a checkpoint. */
export interface CallbackState {
  /** Plain JSON data. */
  readonly data: unknown;
  /** Weights that it remembers. */
  readonly arrays?: readonly NamedArray[];
}

/** Functions that are called after epochs. One that remembers anything returns its state, or resuming would lose it. */
export interface Callback {
  /** The key of its state in checkpoints; of the second callback of a name `<name>_1`. */
  readonly name: string;
  /** The metric that it watches; training refuses to start, or to continue, where it is not measured. */
  readonly monitor?: Monitor | undefined;
  /** Called after each epoch, with its metrics, validation included. */
  onEpochEnd?(logs: EpochLogs, controls: TrainingControls): void | Promise<void>;
  /** Called after the last epoch, unless training was interrupted. */
  onTrainEnd?(controls: TrainingControls): void | Promise<void>;
  /** Returns the state that a checkpoint keeps for this callback. */
  readState?(): CallbackState;
  /** Restores a state that `readState` returned. */
  writeState?(state: CallbackState): void;
}

/** A metric of `EpochLogs` that a callback watches. */
export type Monitor = string;

/**
 * Whether `current` is better than `best` by more than `minDelta`: higher for accuracies, lower for losses.
 * Anything is better than null; NaN is never better.
 */
export const isImprovement = (
  monitor: Monitor,
  current: number,
  best: number | null,
  minDelta: number,
): boolean => {
  if (Number.isNaN(current)) return false;
  if (best === null) return true;
  return monitor.endsWith('accuracy') ? current > best + minDelta : current < best - minDelta;
};
