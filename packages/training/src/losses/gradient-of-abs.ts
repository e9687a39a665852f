import * as tf from '@tensorflow/tfjs-core';

const gradientOfKeras: tf.GradConfig = {
  kernelName: 'Abs',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(tf.cast(x!, 'float32'))) }),
};

/**
 * Runs a forward pass in which the gradient of `tf.abs` is 0 at 0, as TensorFlow's is: TensorFlow.js's is -1 there, with which
 * an L1 penalty would push every weight and bias that starts at 0. Outside of it `tf.abs` has the stock gradient.
 */
export const withGradientOfAbs = <Result>(forward: () => Result): Result => {
  const stock = tf.getGradient('Abs');
  const replace = (gradient: tf.GradConfig): void => {
    tf.unregisterGradient('Abs');
    tf.registerGradient(gradient);
  };
  replace(gradientOfKeras);
  try {
    return forward();
  } finally {
    replace(stock);
  }
};
