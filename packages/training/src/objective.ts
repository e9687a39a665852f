import type { LossConfig } from '@dropout-lab/contracts';
import { type Head, headOf } from '@dropout-lab/model';
import { zeros } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from './errors.ts';
import type { CustomLoss } from './losses/custom-loss.ts';
import type { Loss } from './losses/loss.ts';
import { createLoss, defaultLoss } from './losses/table.ts';

/** A loss with the head and the output shape of the model that it is computed for. */
export interface Objective {
  readonly loss: Loss;
  readonly head: Head;
  /** The model's output shape for one image: [classes], or for sequences [steps, classes]. */
  readonly outputShape: readonly number[];
  /** The length of the last axis: the number of classes, labels or numbers. */
  readonly units: number;
}

/**
 * Returns the objective of a model and a loss.
 *
 * @throws TrainingError when the model has several outputs, or a head that does not fit the loss.
 */
export const objectiveOf = (model: LayersModel, config: LossConfig | CustomLoss = defaultLoss): Objective => {
  if (model.outputs.length !== 1) {
    throw new TrainingError(
      `model: expected one output, found ${model.outputs.length} (${model.outputNames.join(', ')}): a loss takes one output; train the part of the model that ends in it, or concatenate them into one`,
    );
  }
  const loss = createLoss(config);
  const head = headOf(model);
  const outputShape = model.outputs[0]!.shape.slice(1) as number[];
  const units = outputShape.at(-1);
  const ends = `one that ends in ${head.name} (${head.kind})`;
  if (units === undefined || outputShape.some((length) => length === null)) {
    throw new TrainingError(
      `model: expected an output of known shape [batch, ..., units], found [${model.outputs[0]!.shape}]: give the layers before it a known shape`,
    );
  }
  const misfit = loss.misfit?.(head);
  if (misfit !== undefined) {
    throw new TrainingError(
      `loss: ${loss.name}: expected ${misfit}, found ${ends}: change its last layer, or the loss`,
    );
  }
  if (loss.name === 'categorical_crossentropy' && units === 1 && head.activation === 'linear') {
    throw new TrainingError(
      `loss: categorical_crossentropy: expected several classes, found one output, of ${head.name}, whose loss would always be 0: use a loss for numbers, such as mean_squared_error, or binary_crossentropy for two classes`,
    );
  }
  if (head.activation === 'softmax' && units === 1) {
    throw new TrainingError(
      `model: expected several classes behind a softmax, found one, whose output is always 1, in ${head.name}: end in a sigmoid and train with binary_crossentropy, or give each class a unit`,
    );
  }
  return { loss, head, outputShape, units };
};

/** Returns the objective of a model by itself: logits do not depend on the loss that they are trained by. */
export const anyObjectiveOf = (model: LayersModel): Objective => objectiveOf(model, anyLoss);

/** A loss that any model fits. */
const anyLoss: CustomLoss = { name: 'none', rows: (_, outputs) => zeros([outputs.shape[0]!]) };
