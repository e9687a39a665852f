import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';
import { outputsOf, outputTensor } from './elementwise.ts';
import type { Loss } from './loss.ts';
import { targetTensor, weightedSum } from './targets.ts';

/** A loss of the user's own. */
export interface CustomLoss {
  /** The name in messages. */
  readonly name: string;
  /**
   * Returns the loss of each row; with sequences [rows, steps], or any other shape that begins with the rows, each row's mean counts.
   *
   * @param targets float32 in the shape of the outputs: class indices as one-hot rows.
   * @param outputs float32 [rows, ..., units], the model's own: probabilities behind a softmax.
   */
  readonly rows: (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
}

/** @throws TrainingError, when it is computed, if `rows` returns anything but a number for each row. */
export const customLoss = ({ name, rows }: CustomLoss): Loss => {
  const rowsOf = (targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor => {
    const losses: unknown = rows(targets, outputs);
    if (losses instanceof tf.Tensor && losses.rank > 0 && losses.shape[0] === outputs.shape[0]) return losses;
    const found = losses instanceof tf.Tensor ? `shape [${losses.shape}]` : typeof losses;
    throw new TrainingError(
      `loss: ${name}: expected a loss for each of ${outputs.shape[0]} rows, found ${found}: return a tensor of shape [${outputs.shape[0]}]`,
    );
  };
  return {
    name,
    sum: (targets, logits, activation, weights) =>
      weightedSum(rowsOf(targets, outputTensor(logits, activation)), weights),
    mean: (answers) =>
      tf.tidy(() => {
        const { targets, units, outputShape = [units], rows: count, weights } = answers;
        const shape = [count, ...outputShape];
        const losses = rowsOf(targetTensor(targets, shape), tf.tensor(outputsOf(answers), shape));
        return weightedSum(losses, weights && tf.tensor1d(weights)).dataSync()[0]! / count;
      }),
  };
};
