export { type BuildModelOptions, buildModel, requireBuildable } from './build-model.ts';
export { applyConstraints } from './constraints/apply-constraints.ts';
export type { Axes, Constraint } from './constraints/constraint.ts';
export { maxNorm } from './constraints/max-norm.ts';
export { unitNorm } from './constraints/unit-norm.ts';
export { ModelError } from './errors.ts';
export { defineLayer, type LayerDefinition, type LayerDefinitionOptions } from './layers/define-layer.ts';
export type { LayerContext, Shape } from './layers/layer.ts';
export { AlphaDropout } from './layers/noise/alpha-dropout.ts';
export {
  DropConnectConv2D,
  type DropConnectConv2DConfig,
  DropConnectDense,
  type DropConnectDenseConfig,
} from './layers/noise/drop-connect.ts';
export { Dropout } from './layers/noise/dropout.ts';
export { GaussianDropout, type GaussianDropoutConfig } from './layers/noise/gaussian-dropout.ts';
export { GaussianNoise, type GaussianNoiseConfig } from './layers/noise/gaussian-noise.ts';
export { type DropConnectConfig, KernelMask } from './layers/noise/kernel-mask.ts';
export {
  type DropoutPosition,
  type LayerArgs,
  NoiseLayer,
  type NoiseLayerConfig,
  type NoisePart,
} from './layers/noise/noise-layer.ts';
export type { NoiseShape } from './layers/noise/noise-shape.ts';
export { hasDropoutRate, setDropoutPosition } from './layers/noise/positioned.ts';
export { dropoutLayersOf, sampling } from './layers/noise/sampling.ts';
export { type DropoutConfig, ShapedDropout } from './layers/noise/shaped-dropout.ts';
export {
  BatchNormalization,
  type BatchNormalizationConfig,
  batchNormalizationsOf,
  type FoundBatchNormalization,
} from './layers/normalization/batch-normalization.ts';
export type { SliceExchange } from './layers/normalization/batch-statistics.ts';
export {
  LayerNormalization,
  type LayerNormalizationConfig,
} from './layers/normalization/layer-normalization.ts';
export {
  Normalization,
  type NormalizationConfig,
  type PerChannel,
} from './layers/normalization/normalization.ts';
export { AveragePooling2D, type AveragePooling2DConfig } from './layers/pooling/average-pooling2d.ts';
export { GlobalMaxPooling2D, type GlobalMaxPooling2DConfig } from './layers/pooling/global-max-pooling2d.ts';
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
export { type NamesNotInStock, namesNotInStock } from './names-not-in-stock.ts';
export { outputShapes } from './output-shapes.ts';
export { requireTrainable } from './require-trainable.ts';
export { countKernelWeights } from './size.ts';
export { allLayers, leafLayers, type ModelLayer, takesWholeNumbers } from './weights/layers-of-model.ts';
export { dropNameOf, flattened, type NamedLayer, namedLayers } from './weights/named-layers.ts';
export { describeNotFinite, findNotFinite, type NotFinite } from './weights/not-finite.ts';
export {
  allWeights,
  matchNames,
  readWeights,
  type TrainedWeight,
  trainedWeights,
  writeWeights,
} from './weights/weights.ts';
export { type WeightOfTopology, weightsOfTopology } from './weights/weights-of-topology.ts';
export { type InitialImages, initializeFromImages } from './whitening/initialize-from-images.ts';
export { layerWithoutImages } from './whitening/waiting.ts';
