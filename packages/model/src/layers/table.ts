import type { LayerKind } from '@dropout-lab/contracts';
import { activation } from './activation.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { flatten } from './flatten.ts';
import type { LayerImplementation, LayerOf } from './layer.ts';
import { alphaDropout } from './noise/alpha-dropout.ts';
import { dropout } from './noise/dropout.ts';
import { gaussianDropout } from './noise/gaussian-dropout.ts';
import { gaussianNoise } from './noise/gaussian-noise.ts';
import { spatialDropout2d } from './noise/spatial-dropout2d.ts';
import { batchNormalization } from './normalization/batch-normalization.ts';
import { layerNormalization } from './normalization/layer-normalization.ts';
import { normalization } from './normalization/normalization.ts';
import { averagePooling2d } from './pooling/average-pooling2d.ts';
import { globalAveragePooling2d } from './pooling/global-average-pooling2d.ts';
import { globalMaxPooling2d } from './pooling/global-max-pooling2d.ts';
import { maxPooling2d } from './pooling/max-pooling2d.ts';
import { rescaling } from './rescaling.ts';
import { residual } from './residual.ts';

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
