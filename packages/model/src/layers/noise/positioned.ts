import type { LayersModel } from '@tensorflow/tfjs-layers';
import { leafLayers } from '../../weights/layers-of-model.ts';
import { DropConnectConv2D, DropConnectDense } from './drop-connect.ts';
import { type DropoutPosition, NoiseLayer } from './noise-layer.ts';

/** A layer that draws random numbers, which depend on the position of training. */
export type PositionedLayer = NoiseLayer | DropConnectConv2D | DropConnectDense;

/** Returns the layers of a model that draw random numbers, those of nested models and wrappers included. */
export const positionedLayers = (model: LayersModel): readonly PositionedLayer[] =>
  leafLayers(model).flatMap(({ layer }) =>
    layer instanceof NoiseLayer || layer instanceof DropConnectConv2D || layer instanceof DropConnectDense
      ? [layer]
      : [],
  );

/**
 * Sets the position of every layer of a model that draws random numbers, those of nested models and wrappers included:
 * Dropout, GaussianNoise, GaussianDropout, AlphaDropout, and those with DropConnect. Call it before each training forward
 * pass.
 *
 * @param position `step`: optimizer updates so far. `rowOffset`: index within the whole batch of the first row
 *   that this model will see, 0 by default; replicas that each train on a slice of the batch then draw exactly
 *   the rows of the mask that one process would. `rateFactor`: factor from 0 to 1 of every dropout rate, 1 by default.
 */
export const setDropoutPosition = (
  model: LayersModel,
  { step, rowOffset = 0, rateFactor }: Partial<DropoutPosition> & { readonly step: number },
): void => {
  for (const layer of positionedLayers(model)) layer.position = { step, rowOffset, call: 0, rateFactor };
};

/** Whether a layer of a model has a dropout rate above 0, which a `rateFactor` changes. */
export const hasDropoutRate = (model: LayersModel): boolean =>
  positionedLayers(model).some((layer) =>
    layer instanceof NoiseLayer ? 'rate' in layer && layer.rate !== 0 : layer.mask.rate !== 0,
  );
