import type { EpochLogs, NamedArray } from '@dropout-lab/contracts';

/** What a callback may look at and do. */
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

/** All that a callback remembers, for a checkpoint. */
export interface CallbackState {
  /** Plain JSON data. */
  readonly data: unknown;
  /** Weights that it holds on to. */
  readonly arrays?: readonly NamedArray[];
}

/** Something that is told of every epoch. One that remembers anything gives its state, or resuming would forget it. */
export interface Callback {
  /** What its state is kept by in checkpoints; the second of a name is kept as `<name>_1`. */
  readonly name: string;
  /** The metric that it watches; training refuses to start, or to go on, where it is not measured. */
  readonly monitor?: Monitor | undefined;
  /** After each epoch, with its figures, validation included. */
  onEpochEnd?(logs: EpochLogs, controls: TrainingControls): void | Promise<void>;
  /** After the last epoch, whatever the cause of the end but an interruption. */
  onTrainEnd?(controls: TrainingControls): void | Promise<void>;
  /** What a checkpoint must keep for this callback. */
  readState?(): CallbackState;
  /** Takes back what `readState` gave. */
  writeState?(state: CallbackState): void;
}

/** A metric of `EpochLogs` that a callback watches. */
export type Monitor = string;

/**
 * Whether `current` is better than `best` by more than `minDelta`: higher for accuracies, lower for losses.
 * Anything is better than nothing yet; NaN is never better.
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
