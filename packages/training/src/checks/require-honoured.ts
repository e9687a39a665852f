import { allLayers, leafLayers, type ModelLayer } from '@dropout-lab/model';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';
import { requireGradients } from './require-gradients.ts';
import { requireNoMasks } from './require-no-masks.ts';
import { requireSeeded } from './require-seeded.ts';

/**
 * Refuses, by name and before the first step, a model with properties that training would not honour. Both lists are in
 * docs/honoured.md.
 *
 * @throws TrainingError naming the first layer with such a property, and what to do.
 */
export const requireHonoured = (model: LayersModel): void => {
  if (model.inputs.length !== 1) {
    throw new TrainingError(
      `model: expected one input, found ${model.inputs.length} (${model.inputNames.join(', ')}): a batch has one array of images; concatenate them into one, and slice it within the model`,
    );
  }
  const leaves = leafLayers(model);
  for (const one of allLayers(model)) requireStateless(one);
  const [batchSize] = model.inputs[0]!.shape;
  if (batchSize !== null) {
    throw new TrainingError(
      `model: expected an input for batches of any size, found one for ${batchSize} (batchInputShape): give inputShape instead`,
    );
  }
  if (model.trainableWeights.length === 0) {
    throw new TrainingError(
      'model: expected a weight that can be trained, found none: set trainable = true on the layers to train',
    );
  }
  requireSeeded(model);
  for (const { layer, path } of leaves) {
    const found = findingOf(layer);
    if (found) throw new TrainingError(`model: ${path} (${layer.getClassName()}): ${found}`);
  }
  requireGradients(leaves);
  requireNoMasks(model);
};

/** Properties of TensorFlow.js's layers that their type leaves out. */
interface Settings {
  readonly activityRegularizer?: unknown;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  readonly stateful?: boolean;
}

/** Returns a message about a property of a layer that is not honoured; undefined when all are. */
const findingOf = (layer: layers.Layer): string | undefined => {
  const settings = layer as unknown as Settings;
  if (settings.activityRegularizer) {
    return 'expected no activity regularizer, found one, which TensorFlow.js does not compute: penalize the output in a loss of your own';
  }
  if ((settings.dropout ?? 0) > 0 || (settings.recurrentDropout ?? 0) > 0) {
    return 'expected no dropout within a recurrent cell, found some, whose masks do not depend on a seed: set dropout and recurrentDropout to 0, and put a Dropout of @dropout-lab/model before the layer';
  }
  const other = layer.trainableWeights.find(({ dtype }) => dtype !== 'float32');
  if (other)
    return `expected weights of float32, found ${other.originalName} of ${other.dtype}, which has no gradient`;
  return undefined;
};

/** @throws TrainingError for a layer that carries its state from one batch to the next. */
const requireStateless = ({ layer, path }: ModelLayer): void => {
  if ((layer as unknown as Settings).stateful !== true) return;
  throw new TrainingError(
    `model: ${path} (${layer.getClassName()}): expected batches that do not depend on each other, found stateful: true: an epoch's order, a resumed run and threads would change what it remembers; set it to false`,
  );
};
