import type { LossConfig } from '@dropout-lab/contracts';
import { type Head, headOf } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from './errors.ts';
import type { CustomLoss } from './losses/custom-loss.ts';
import type { Loss } from './losses/definition.ts';
import { createLoss, defaultLoss } from './losses/loss.ts';

/** What a model is trained to do. */
export interface Objective {
  readonly loss: Loss;
  readonly head: Head;
  /** Shape of what a model answers to one image: [classes], or of sequences [steps, classes]. */
  readonly outputShape: readonly number[];
  /** Length of the last axis: the classes, labels or numbers that are answered. */
  readonly units: number;
}

/**
 * The objective of a model and a loss.
 *
 * @throws TrainingError when the model has several outputs, or does not end as the loss needs it.
 */
export const objectiveOf = (model: LayersModel, config: LossConfig | CustomLoss = defaultLoss): Objective => {
  if (model.outputs.length !== 1) {
    throw new TrainingError(
      `model: expected one output, found ${model.outputs.length} (${model.outputNames.join(', ')}): a loss is of one output; train the part that ends in it, or concatenate them into one`,
    );
  }
  const loss = createLoss(config);
  const head = headOf(model);
  const outputShape = model.outputs[0]!.shape.slice(1) as number[];
  const units = outputShape.at(-1);
  const ends = `one that ends in ${head.name} (${head.kind})`;
  if (units === undefined || outputShape.some((length) => length === null)) {
    throw new TrainingError(
      `model: expected an output of known shape [batch, ..., units], found [${model.outputs[0]!.shape}]: give the layers before it their sizes`,
    );
  }
  const misfit = loss.misfit?.(head);
  if (misfit !== undefined) {
    throw new TrainingError(
      `loss: ${loss.name}: expected ${misfit}, found ${ends}: change its end, or the loss`,
    );
  }
  if (loss.name === 'categorical_crossentropy' && units === 1 && head.activation === 'linear') {
    throw new TrainingError(
      `loss: categorical_crossentropy: expected several classes, found one output, of ${head.name}, whose loss would always be 0: give the loss of a number, such as mean_squared_error, or binary_crossentropy for yes and no`,
    );
  }
  if (head.activation === 'softmax' && units === 1) {
    throw new TrainingError(
      `model: expected several classes behind a softmax, found one, which is always answered with 1, in ${head.name}: end in a sigmoid and train with binary_crossentropy, or give each class a unit`,
    );
  }
  return { loss, head, outputShape, units };
};
