import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Models that have been built, but not yet given the images that an initial kernel depends on; with the name of a layer. */
const waiting = new WeakMap<LayersModel, string>();

export const waitForImages = (model: LayersModel, layer: string): void => {
  waiting.set(model, layer);
};

/** The kernel has been computed from images, or all weights have been set. */
export const doneWaiting = (model: LayersModel): void => {
  waiting.delete(model);
};

/** Returns the name of a layer whose initial kernel still has to be computed from images; undefined when there is none. */
export const layerWithoutImages = (model: LayersModel): string | undefined => waiting.get(model);
