import { layerWithoutImages } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';

/** @throws TrainingError when an initial kernel still has to be computed from training images. */
export const requireInitialized = (model: LayersModel): void => {
  const layer = layerWithoutImages(model);
  if (layer === undefined) return;
  throw new TrainingError(
    `model: ${layer}: expected a kernel computed from training images, since its initializer is whitening, found one that has not been: call initializeFromImages of @dropout-lab/model first`,
  );
};
