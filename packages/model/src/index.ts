export { AlphaDropout, type AlphaDropoutConfig } from './alpha-dropout.ts';
export { applyConstraints } from './apply-constraints.ts';
export {
  BatchNormalization,
  type BatchNormalizationConfig,
  batchNormalizationsOf,
  type FoundBatchNormalization,
  type SliceExchange,
} from './batch-normalization.ts';
export { type BuildModelOptions, buildModel, requireBuildable } from './build-model.ts';
export { defineLayer, type LayerDefinition, type LayerDefinitionOptions } from './define-layer.ts';
export { Dropout, type DropoutConfig } from './dropout.ts';
export { ModelError } from './errors.ts';
export { GaussianDropout, type GaussianDropoutConfig } from './gaussian-dropout.ts';
export { GaussianNoise, type GaussianNoiseConfig } from './gaussian-noise.ts';
export type { LayerContext, Shape } from './layers/definition.ts';
export { type LeafLayer, leafLayers, takesWholeNumbers } from './leaf-layers.ts';
export { createLogitsFunction, type LogitsFunction } from './logits-function.ts';
export { type Head, type HeadActivation, headOf, logitsModel } from './logits-model.ts';
export { type Axes, type Constraint, maxNorm } from './max-norm.ts';
export { type ModelSpecOptions, modelSpecOf, parseModelSpec } from './model-spec.ts';
export { flattened, type NamedLayer, namedLayers } from './named-layers.ts';
export {
  type DropoutPosition,
  type LayerArgs,
  NoiseLayer,
  type NoiseLayerConfig,
  type NoisePart,
  setDropoutPosition,
} from './noise-layer.ts';
export type { NoiseShape } from './noise-shape.ts';
export { findNotFinite, type NotFinite } from './not-finite.ts';
export { matchNames, readWeights, type TrainedWeight, trainedWeights, writeWeights } from './weights.ts';
