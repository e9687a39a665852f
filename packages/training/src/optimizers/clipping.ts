import type { OptimizerConfig } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { CustomOptimizer } from './define-optimizer.ts';
import { squaredNorm } from './squared-norm.ts';

/** Clips the gradients of one step, as Keras's optimizers do before anything else. */
export interface Clipping {
  /** Returns a gradient clipped; itself where nothing clips. Called within tidy. */
  clip(gradient: tf.Tensor): tf.Tensor;
  dispose(): void;
}

const none: Clipping = { clip: (gradient) => gradient, dispose: () => {} };

/**
 * Returns the clipping of a step:
 *
 *   clipnorm: g * clipnorm / max(|g|, clipnorm), each gradient by itself
 *   clipvalue: each number within -clipvalue and clipvalue; NaN stays NaN
 *   globalClipnorm: g * globalClipnorm * min(1 / |all|, 1 / globalClipnorm)
 *
 * @param gradients Those of all weights that the step changes.
 */
export const clippingOf = (
  config: OptimizerConfig | CustomOptimizer,
  gradients: () => readonly tf.Tensor[],
): Clipping => {
  if ('createRule' in config) return none;
  const { clipnorm, clipvalue, globalClipnorm } = config;
  if (clipnorm !== null) {
    return {
      ...none,
      clip: (gradient) => {
        const norm = tf.sqrt(squaredNorm(gradient));
        return tf.div(tf.mul(gradient, clipnorm), tf.maximum(norm, clipnorm));
      },
    };
  }
  if (clipvalue !== null) {
    return {
      ...none,
      // Some backends make a bound of NaN, which would hide that a run has diverged.
      clip: (gradient) =>
        tf.where(tf.isNaN(gradient), gradient, tf.clipByValue(gradient, -clipvalue, clipvalue)),
    };
  }
  if (globalClipnorm !== null) {
    const scale = tf.tidy(() => {
      const squares = gradients().map(squaredNorm);
      const norm = tf.sqrt(tf.sum(tf.stack(squares)));
      return tf.mul(tf.minimum(tf.div(1, norm), 1 / globalClipnorm), globalClipnorm);
    });
    return { clip: (gradient) => tf.mul(gradient, scale), dispose: () => scale.dispose() };
  }
  return none;
};
