import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes the backward pass of the forward pass that has just ended dispose what it no longer needs: the tensors that an operation
 * kept, and the gradient of its output, as soon as it has been passed. TensorFlow.js disposes them at the end only, when there
 * are twice as many. Call it last in the function whose gradients are asked for.
 */
export const disposeInBackwardPass = (): void => {
  let passed: tf.Tensor[] = [];
  for (const node of tf.engine().state.activeTape) {
    const { gradient, saved = [] } = node;
    if (gradient === undefined) continue;
    node.gradient = (dys) => {
      tf.dispose(passed);
      // A gradient of several outputs is null for one that nothing depends on.
      passed = [...dys.filter((dy) => (dy as tf.Tensor | null) !== null), ...saved];
      const taken = new Set(passed);
      const inputs = Object.entries(gradient(dys)).map(([name, compute]) => {
        // A tensor of its own for each input: an operation may return what it was given, or one for several.
        const own = (): tf.Tensor => {
          const found = compute();
          const result = taken.has(found) ? found.clone() : found;
          taken.add(result);
          return result;
        };
        return [name, own] as const;
      });
      return Object.fromEntries(inputs);
    };
  }
};
