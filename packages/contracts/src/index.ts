export type { Batch, BatchSource, ImageDataset, ImageShape } from './dataset.ts';
export { ConfigError, DropoutLabError } from './errors.ts';
export {
  type ClassReport,
  type EvaluationReport,
  evaluationReportSchema,
  type ReliabilityBin,
} from './evaluation.ts';
export { mergeConfig, type PlainObject } from './merge-config.ts';
export { type ModelSpec, type ModelSpecInput, modelSpecSchema, parseModelSpec } from './model-spec.ts';
export { parseWith } from './parse.ts';
export { type Predictions, predictionsSchema } from './predictions.ts';
export {
  type CallbackConfig,
  type LearningRateScheduleConfig,
  type OptimizerConfig,
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
  runConfigSchema,
} from './run-config.ts';
export {
  type EpochLogs,
  parseRunEvent,
  type RunEndReason,
  type RunEvent,
  runEventSchema,
} from './run-event.ts';
export {
  type BackendDescription,
  type DataDescription,
  type HardwareDescription,
  hardwareInWords,
  parseRunManifest,
  RUN_SCHEMA_VERSION,
  type RunManifest,
  runManifestSchema,
} from './run-manifest.ts';
export {
  type CheckpointName,
  type NamedArray,
  type Snapshot,
  type TrainingProgress,
  trainingProgressSchema,
} from './snapshot.ts';
