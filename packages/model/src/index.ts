export { type BuildModelOptions, buildModel, requireBuildable } from './build-model.ts';
export { applyConstraints } from './constraints/apply-constraints.ts';
export type { Axes, Constraint } from './constraints/constraint.ts';
export { maxNorm } from './constraints/max-norm.ts';
export { unitNorm } from './constraints/unit-norm.ts';
export { ModelError } from './errors.ts';
export { AlphaDropout, type AlphaDropoutConfig } from './layers/alpha-dropout.ts';
export { AveragePooling2D, type AveragePooling2DConfig } from './layers/average-pooling2d.ts';
export {
  BatchNormalization,
  type BatchNormalizationConfig,
  batchNormalizationsOf,
  type FoundBatchNormalization,
} from './layers/batch-normalization.ts';
export type { SliceExchange } from './layers/batch-statistics.ts';
export { defineLayer, type LayerDefinition, type LayerDefinitionOptions } from './layers/define-layer.ts';
export {
  DropConnectConv2D,
  type DropConnectConv2DConfig,
  DropConnectDense,
  type DropConnectDenseConfig,
} from './layers/drop-connect.ts';
export { Dropout, type DropoutConfig } from './layers/dropout.ts';
export { GaussianDropout, type GaussianDropoutConfig } from './layers/gaussian-dropout.ts';
export { GaussianNoise, type GaussianNoiseConfig } from './layers/gaussian-noise.ts';
export { GlobalMaxPooling2D, type GlobalMaxPooling2DConfig } from './layers/global-max-pooling2d.ts';
export { type DropConnectConfig, KernelMask } from './layers/kernel-mask.ts';
export type { LayerContext, Shape } from './layers/layer.ts';
export { LayerNormalization, type LayerNormalizationConfig } from './layers/layer-normalization.ts';
export {
  type DropoutPosition,
  type LayerArgs,
  NoiseLayer,
  type NoiseLayerConfig,
  type NoisePart,
} from './layers/noise-layer.ts';
export type { NoiseShape } from './layers/noise-shape.ts';
export { Normalization, type NormalizationConfig } from './layers/normalization.ts';
export { hasDropoutRate, setDropoutPosition } from './layers/positioned.ts';
export { dropoutLayersOf, sampling } from './layers/sampling.ts';
export { createLogitsFunction, type LogitsFunction } from './logits/logits-function.ts';
export { type Head, type HeadActivation, headOf, logitsModel } from './logits/logits-model.ts';
export {
  createSlicedLogits,
  type SlicedLogits,
  type SlicedOptions,
  unslicedOf,
} from './logits/sliced-logits.ts';
export { passThroughSlices, type SliceOfBatch, type WithinSlice } from './logits/slices.ts';
export { type ModelSpecOptions, modelSpecOf, parseModelSpec } from './model-spec.ts';
export { requireTrainable } from './require-trainable.ts';
export { allLayers, leafLayers, type ModelLayer, takesWholeNumbers } from './weights/layers-of-model.ts';
export { flattened, type NamedLayer, namedLayers } from './weights/named-layers.ts';
export { describeNotFinite, findNotFinite, type NotFinite } from './weights/not-finite.ts';
export {
  allWeights,
  matchNames,
  readWeights,
  type TrainedWeight,
  trainedWeights,
  writeWeights,
} from './weights/weights.ts';
export { type InitialImages, initializeFromImages } from './whitening/initialize-from-images.ts';
export { layerWithoutImages } from './whitening/waiting.ts';
