export { type AugmentationConfig, type AugmentationName, augmentationSchema } from './augmentations.ts';
export { type CallbackConfig, type CallbackName, callbackSchema } from './callbacks.ts';
export type { Batch, BatchSource, ClassIndices, ImageDataset, ImageShape, Targets } from './dataset.ts';
export { type DatasetDescription, type DatasetName, datasetOf, datasets } from './datasets.ts';
export { ConfigError, DropoutLabError } from './errors.ts';
export {
  type ClassReport,
  type EvaluationReport,
  evaluationReportSchema,
  type ReliabilityBin,
} from './evaluation.ts';
export {
  type Assignment,
  choosesMember,
  configOfFlags,
  defaultInWords,
  type Flag,
  flagsOfConfig,
  isChoice,
  listFlags,
  valueInWords,
} from './flags.ts';
export { identityOf, withoutDefaults } from './identity.ts';
export { jsonSchemaOf } from './json-schema.ts';
export {
  type LayerInput,
  type LayerKind,
  type LayerSpec,
  layerSchema,
  type ResidualInput,
  type ResidualSpec,
  type SimpleLayerInput,
  type SimpleLayerSpec,
  simpleLayerSchema,
  variablesOf,
} from './layers.ts';
export { type LossConfig, type LossName, lossSchema, runLossSchema } from './losses.ts';
export { mergeConfig } from './merge-config.ts';
export { type MigrateOptions, type MigrationStep, migrate } from './migrate.ts';
export {
  type ModelConfig,
  type ModelInput,
  type ModelSpec,
  modelSchema,
  modelSchemaWith,
  type PresetConfig,
  type PresetInput,
  type PresetName,
  presetSchema,
} from './models.ts';
export { type OptimizerConfig, type OptimizerName, optimizerSchema } from './optimizers.ts';
export { parseWith, requireJson, withoutSchemaKey } from './parse.ts';
export { canonicalJson, isPlain, type PlainObject, valueAt } from './plain.ts';
export { type Predictions, predictionsSchema } from './predictions.ts';
export { type ConstraintConfig, type ConstraintName, constraintSchema } from './regularizers.ts';
export { requireDataset } from './require-dataset.ts';
export {
  CONFIG_VERSION,
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
  runConfigIdentity,
  runConfigSchema,
  writtenConfig,
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
export { type LearningRateScheduleConfig, type ScheduleName, scheduleSchema } from './schedules.ts';
export { configWith, valueOfText } from './set-path.ts';
export { listSettings, memberOf, membersOf, type Setting, type SettingMeta, setting } from './settings.ts';
export {
  type CheckpointName,
  type NamedArray,
  type Snapshot,
  type TrainingProgress,
  trainingProgressSchema,
} from './snapshot.ts';
