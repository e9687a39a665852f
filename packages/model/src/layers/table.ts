import type { LayerKind } from '@dropout-lab/contracts';
import { activation } from './activation.ts';
import { alphaDropout } from './alpha-dropout.ts';
import { averagePooling2d } from './average-pooling2d.ts';
import { batchNormalization } from './batch-normalization.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { gaussianDropout } from './gaussian-dropout.ts';
import { gaussianNoise } from './gaussian-noise.ts';
import { globalAveragePooling2d } from './global-average-pooling2d.ts';
import { globalMaxPooling2d } from './global-max-pooling2d.ts';
import type { LayerImplementation, LayerOf } from './layer.ts';
import { layerNormalization } from './layer-normalization.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { normalization } from './normalization.ts';
import { rescaling } from './rescaling.ts';
import { residual } from './residual.ts';
import { spatialDropout2d } from './spatial-dropout2d.ts';

/** How each kind of layer is built. */
export const layerTable = {
  conv2d,
  max_pooling2d: maxPooling2d,
  dropout,
  flatten,
  dense,
  activation,
  residual,
  spatial_dropout2d: spatialDropout2d,
  batch_normalization: batchNormalization,
  gaussian_noise: gaussianNoise,
  gaussian_dropout: gaussianDropout,
  alpha_dropout: alphaDropout,
  global_average_pooling2d: globalAveragePooling2d,
  rescaling,
  normalization,
  average_pooling2d: averagePooling2d,
  global_max_pooling2d: globalMaxPooling2d,
  layer_normalization: layerNormalization,
} satisfies { readonly [Kind in LayerKind]: LayerImplementation<LayerOf<Kind>> };
