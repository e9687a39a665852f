export type { Callback, CallbackState, Monitor, TrainingControls } from './callbacks/callback.ts';
export { type CallbackDefinition, defineCallback } from './callbacks/define-callback.ts';
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping.ts';
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './callbacks/reduce-lr-on-plateau.ts';
export { type StopAtTargetOptions, stopAtTarget } from './callbacks/stop-at-target.ts';
export { TrainingError } from './errors.ts';
export { evaluate, type MeasureOptions, predictLogits } from './evaluate.ts';
export { imageValues } from './image-values.ts';
export type { EvaluateOptions } from './loop/answered-batches.ts';
export { initialProgress } from './loop/session.ts';
export { type TrainOptions, train } from './loop/train.ts';
export type { CheckpointSink, SessionOptions, TrainingConfig } from './loop/training-config.ts';
export type { TrainingEnded, TrainingEvent } from './loop/training-event.ts';
export type { CustomLoss } from './losses/custom-loss.ts';
export type { Metric } from './metrics/metric.ts';
export {
  binaryAccuracy,
  meanAbsoluteError,
  meanSquaredError,
  topKCategoricalAccuracy,
} from './metrics/metrics-of-keras.ts';
export { nextTask } from './next-task.ts';
export {
  type CustomOptimizer,
  defineOptimizer,
  type OptimizerDefinition,
  type OptimizerSettings,
} from './optimizers/define-optimizer.ts';
export {
  createOptimizer,
  type Optimizer,
  type TrainedVariable,
} from './optimizers/optimizer.ts';
export type { UpdateRule } from './optimizers/update-rule.ts';
export type { WeightGroupOptions } from './optimizers/weight-groups.ts';
export { type ParallelOptions, parallelReplica } from './replicas/parallel-replica.ts';
export type {
  BatchRows,
  PartsPosition,
  SampledPosition,
  SlicePosition,
} from './replicas/position.ts';
export { connectReplica, serveReplica } from './replicas/remote-replica.ts';
export { createReplica, type Replica, sharesBatches, type UnreadGradients } from './replicas/replica.ts';
export type { SliceGroup } from './replicas/slice-exchange.ts';
export type { SliceGradients } from './replicas/slice-gradients.ts';
export type { SumTree } from './replicas/sum-tree.ts';
export { type SharedStatistics, wholeBatchLayerOf } from './replicas/whole-batch.ts';
export { type SampleOptions, sampleLogits } from './sample-logits.ts';
export { dropoutFactorAt } from './schedules/dropout-factor.ts';
export type { Schedule } from './schedules/schedule.ts';
export { learningRateAt } from './schedules/table.ts';
