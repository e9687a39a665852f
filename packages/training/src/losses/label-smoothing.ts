import * as tf from '@tensorflow/tfjs-core';

/**
 * Smooths the target of a class towards the mean of all (Szegedy et al. 2016, section 7):
 * `target * (1 - smoothing) + smoothing / classes`.
 */
export const smoothedTarget = (target: number, smoothing: number, classes: number): number =>
  target * (1 - smoothing) + smoothing / classes;

/** Smooths a tensor of targets, as {@link smoothedTarget} does each. */
export const smoothedTargets = (targets: tf.Tensor, smoothing: number, classes: number): tf.Tensor =>
  smoothing === 0 ? targets : tf.add(tf.mul(targets, 1 - smoothing), smoothing / classes);
