export type { Batch, BatchSource, ClassIndices, ImageDataset, ImageShape, Targets } from './dataset.ts';
export { ConfigError, DropoutLabError } from './errors.ts';
export {
  type AugmentationConfig,
  type AugmentationName,
  augmentationSchema,
  type TestTimeAugmentation,
  testTimeAugmentationSchema,
} from './families/augmentations.ts';
export {
  type AveragingConfig,
  type AveragingInput,
  type AveragingName,
  averagingSchema,
} from './families/averaging.ts';
export { type CallbackConfig, type CallbackName, callbackSchema } from './families/callbacks.ts';
export { type ConstraintConfig, type ConstraintName, constraintSchema } from './families/constraints.ts';
export {
  type DatasetChoice,
  type DatasetDescription,
  type DatasetName,
  datasetKey,
  datasetOf,
  datasets,
  isOwnImages,
} from './families/datasets.ts';
export {
  type DropoutScheduleConfig,
  type DropoutScheduleInput,
  type DropoutScheduleName,
  dropoutScheduleSchema,
} from './families/dropout-schedules.ts';
export {
  type ActivationName,
  type KernelInitializerName,
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
} from './families/layers.ts';
export { type LossConfig, type LossName, lossSchema, runLossSchema } from './families/losses.ts';
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
  type TutorialInput,
} from './families/models.ts';
export {
  type OptimizerConfig,
  type OptimizerInput,
  type OptimizerName,
  optimizerSchema,
} from './families/optimizers.ts';
export {
  hasControlCharacters,
  type ImageFit,
  imageFitSchema,
  lackOfName,
  type OwnImages,
  ownImagesLimits,
  ownImagesSchema,
} from './families/own-images.ts';
export { type RegularizerConfig, type RegularizerName, regularizerSchema } from './families/regularizers.ts';
export {
  type LearningRateScheduleConfig,
  type LearningRateScheduleInput,
  type ScheduleName,
  scheduleSchema,
  spansTraining,
} from './families/schedules.ts';
export {
  type GroupedWeights,
  groupWeights,
  type WeightGroup,
  type WeightGroupInput,
  weightGroupSchema,
} from './families/weight-groups.ts';
export {
  epochsOf,
  type LengthBoundConfig,
  type LengthBoundSetting,
  type LengthConfig,
  lengthBoundSetting,
  stepsPerEpochOf,
  trainImagesOf,
} from './length.ts';
export { type Recipe, type RecipeName, recipes } from './recipes.ts';
export { requireDataset } from './require-dataset.ts';
export {
  type ClassReport,
  type EvaluationReport,
  evaluationReportSchema,
  type ReliabilityBin,
} from './run/evaluation.ts';
export { identityOf, withoutDefaults } from './run/identity.ts';
export { type MigrateOptions, type MigrationStep, migrate } from './run/migrate.ts';
export { type Answers, answersSchema, type Predictions, predictionsSchema } from './run/predictions.ts';
export {
  CONFIG_VERSION,
  parseRunConfig,
  parseRunConfigAt,
  type RunConfig,
  type RunConfigInput,
  runConfigIdentity,
  runConfigSchema,
  writtenConfig,
} from './run/run-config.ts';
export {
  type EpochLogs,
  parseRunEvent,
  type RunEndReason,
  type RunEvent,
  runEventSchema,
} from './run/run-event.ts';
export {
  type BackendDescription,
  type DataDescription,
  type HardwareDescription,
  hardwareInWords,
  parseRunManifest,
  RUN_SCHEMA_VERSION,
  type RunManifest,
  requireClassNames,
  runManifestSchema,
} from './run/run-manifest.ts';
export {
  type CheckpointName,
  type NamedArray,
  type Snapshot,
  type TrainingProgress,
  trainingProgressSchema,
} from './run/snapshot.ts';
export { type ConfigDifference, configDifferences } from './settings/config-differences.ts';
export {
  type Assignment,
  choosesMember,
  configOfFlags,
  defaultInWords,
  type Flag,
  flagsOfConfig,
  isChoice,
  listFlags,
  quoted,
  valueInWords,
  valueOfSwitch,
} from './settings/flags.ts';
export { jsonSchemaOf } from './settings/json-schema.ts';
export { mergeConfig } from './settings/merge-config.ts';
export { parseJson, parseWith, requireJson, requirePart, withoutSchemaKey } from './settings/parse.ts';
export { canonicalJson, isPlain, type PlainObject, valueAt } from './settings/plain.ts';
export { shownAddress, withoutSecrets } from './settings/secrets.ts';
export { configWith, valueOfText } from './settings/set-path.ts';
export {
  listSettings,
  memberOf,
  membersOf,
  type Setting,
  type SettingMeta,
  setting,
} from './settings/settings.ts';
