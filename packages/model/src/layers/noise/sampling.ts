import type { LayersModel } from '@tensorflow/tfjs-layers';
import { leafLayers } from '../../weights/layers-of-model.ts';
import { batchNormalizationsOf } from '../normalization/batch-normalization.ts';
import { NoiseLayer } from './noise-layer.ts';

/** Returns the names of a model's layers that drop or scale units at random, those of nested models included. */
export const dropoutLayersOf = (model: LayersModel): readonly string[] =>
  leafLayers(model)
    .filter(({ layer }) => (layer as { readonly isDropout?: unknown }).isDropout === true)
    .map(({ path }) => path);

/**
 * Runs training passes in which only dropout is on: batch normalization uses its moving statistics, which stay, and no noise
 * is added. Each pass is then a sample from the networks that dropout trains (Gal & Ghahramani 2016).
 */
export const sampling = <Result>(model: LayersModel, run: () => Result): Result => {
  const normalizations = batchNormalizationsOf(model).map(({ layer }) => layer);
  const added = leafLayers(model)
    .map(({ layer }) => layer)
    .filter((layer) => layer instanceof NoiseLayer)
    .filter(({ isDropout }) => !isDropout);
  for (const layer of normalizations) layer.isInFrozenModel = true;
  for (const layer of added) layer.isPaused = true;
  try {
    return run();
  } finally {
    // Sets again whether each is frozen.
    batchNormalizationsOf(model);
    for (const layer of added) layer.isPaused = false;
  }
};
