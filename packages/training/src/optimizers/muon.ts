import type { TrainedWeight } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';
import { adam } from './adam.ts';
import { squaredNorm } from './squared-norm.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';
import { withWeightDecay } from './weight-decay.ts';

type MuonConfig = OptimizerConfigOf<'muon'>;

/**
 * Muon (K. Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"), as `keras.optimizers.Muon`: matrices
 * by {@link matrixRule}, all other weights, embeddings and what `excludeLayers` names by {@link adam} with decoupled weight decay.
 *
 * @returns The rule of each weight.
 * @throws TrainingError when a part of `excludeLayers` is in the path of no weight.
 */
export const muon =
  (config: MuonConfig) =>
  (weights: readonly TrainedWeight[]): UpdateRule[] => {
    requireExcluded(config, weights);
    const ofMatrices = withWeightDecay(matrixRule(config), config.weightDecay);
    const ofOthers = withWeightDecay(adamRule(config), config.adamWeightDecay);
    return weights.map((weight) => (isMatrix(config, weight) ? ofMatrices : ofOthers));
  };

const isMatrix = (
  { convolutions, excludeLayers }: MuonConfig,
  { name, variable }: TrainedWeight,
): boolean => {
  const { rank } = variable;
  if (rank < 2 || (rank > 2 && !convolutions)) return false;
  return !/embedding/i.test(name) && !excludeLayers.some((part) => name.includes(part));
};

const requireExcluded = ({ excludeLayers }: MuonConfig, weights: readonly TrainedWeight[]): void => {
  const place = excludeLayers.findIndex((part) => !weights.some(({ name }) => name.includes(part)));
  if (place < 0) return;
  throw new TrainingError(
    `optimizer: excludeLayers[${place}]: expected a part of the path of a weight (${weights.map(({ name }) => name).join(', ')}), received "${excludeLayers[place]}": change it, or leave it out`,
  );
};

const adamRule = ({ adamBeta1, adamBeta2, adamLrRatio, epsilon }: MuonConfig): UpdateRule => {
  const { at } = adam({ beta1: adamBeta1, beta2: adamBeta2, epsilon });
  // Keras's names: the first moment is beside Muon's momentum.
  return { slots: ['momentum', 'velocity'], at: (rate, step) => at(rate * adamLrRatio, step) };
};

/**
 *   momentum = momentum + (g + (mu - 1) * momentum)
 *   d = nesterov ? g + mu * momentum : momentum
 *   w -= learningRate * orthogonal(d) * rmsRate * sqrt(max(rows, columns))
 *
 * A kernel of more than two axes is a matrix whose columns are its filters.
 */
const matrixRule = ({ momentum: mu, nesterov, nsSteps, rmsRate }: MuonConfig): UpdateRule => ({
  slots: ['momentum'],
  at:
    (learningRate) =>
    (variable, gradient, [momentum]) => {
      momentum!.assign(tf.add(momentum!, tf.add(gradient, tf.mul(momentum!, mu - 1))));
      const direction = nesterov ? tf.add(gradient, tf.mul(momentum!, mu)) : momentum!;
      const columns = variable.shape.at(-1)!;
      const matrix = tf.reshape(direction, [variable.size / columns, columns]) as tf.Tensor2D;
      const step = tf.mul(orthogonal(matrix, nsSteps), learningRate);
      const scale = rmsRate === null ? 1 : Math.sqrt(Math.max(...matrix.shape)) * rmsRate;
      return tf.sub(variable, tf.reshape(tf.mul(step, scale), variable.shape));
    },
});

/** Of the quintic a x + (b A + c A^2) x, A = x x^T, which takes singular values near 1 from anywhere below it. */
const [a, b, c] = [3.4445, -4.775, 2.0315];

/** A matrix with the singular vectors of another, and singular values near 1, by Newton-Schulz iterations. */
const orthogonal = (matrix: tf.Tensor2D, iterations: number): tf.Tensor => {
  const [rows, columns] = matrix.shape;
  const isTall = rows > columns;
  const wide = isTall ? tf.transpose(matrix) : matrix;
  let x: tf.Tensor = tf.div(wide, tf.add(tf.sqrt(squaredNorm(wide)), 1e-7));
  for (let i = 0; i < iterations; i++) {
    const square = tf.matMul(x, x, false, true);
    const factor = tf.add(tf.mul(square, b), tf.matMul(tf.mul(square, c), square));
    x = tf.add(tf.mul(x, a), tf.matMul(factor, x));
  }
  return isTall ? tf.transpose(x) : x;
};
