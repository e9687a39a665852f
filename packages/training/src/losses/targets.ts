import type { Targets } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { Answers } from './loss.ts';

/** Whether each target is the index of a class, not numbers in the shape of the output. */
export const areClasses = (targets: Targets, units: number): boolean =>
  !(targets instanceof Float32Array) && units > 1;

/**
 * Returns targets in the shape of a model's output, float32: class indices as one-hot rows, or unchanged for a single output.
 *
 * @param shape [rows, ..., units].
 */
export const targetTensor = (targets: Targets, shape: readonly number[]): tf.Tensor => {
  const units = shape.at(-1)!;
  if (targets instanceof Float32Array) return tf.tensor(targets, [...shape]);
  if (units === 1) return tf.tensor(Float32Array.from(targets), [...shape]);
  return tf.cast(
    tf.oneHot(tf.tensor(Int32Array.from(targets), shape.slice(0, -1), 'int32'), units),
    'float32',
  );
};

/** Returns a function from an index among a model's outputs to its target. */
export const targetAt = ({
  targets,
  units,
}: Pick<Answers, 'targets' | 'units'>): ((place: number) => number) =>
  areClasses(targets, units)
    ? (place) => (targets[Math.floor(place / units)] === place % units ? 1 : 0)
    : (place) => targets[place]!;

/** Returns the mean over rows of each row's loss times its weight; for sequences each row's mean over its steps. */
export const meanOverRows = (
  { rows, logits, units, weights }: Answers,
  lossOfStep: (start: number) => number,
): number => {
  const steps = logits.length / units / rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let ofRow = 0;
    for (let step = 0; step < steps; step++) ofRow += lossOfStep((row * steps + step) * units);
    sum += (ofRow / steps) * (weights?.[row] ?? 1);
  }
  return sum / rows;
};

/** Returns the sum over rows of losses [rows, ...], each row's mean times its weight. */
export const weightedSum = (losses: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor => {
  const rows = losses.shape[0]!;
  const ofRow = losses.rank === 1 ? losses : tf.mean(tf.reshape(losses, [rows, -1]), 1);
  return tf.sum(weights ? tf.mul(ofRow, weights) : ofRow);
};
