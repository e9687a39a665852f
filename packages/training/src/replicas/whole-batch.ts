import { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * The name of a layer that changes variables of its own in training, as batch normalization its moving statistics, from
 * the whole batch: slices of the batch on several replicas would not give the same. Undefined when there is none, so
 * that any number of replicas trains the model alike.
 */
export const wholeBatchLayerOf = (model: LayersModel): string | undefined => {
  for (const layer of model.layers) {
    if (layer instanceof LayersModel) {
      const found = wholeBatchLayerOf(layer);
      if (found !== undefined) return `${layer.name}/${found}`;
    } else if (layer.trainable && layer.nonTrainableWeights.length > 0) return layer.name;
  }
  return undefined;
};
