import { softmax } from '@dropout-lab/metrics';
import type { HeadActivation } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { Answers, Loss } from './loss.ts';
import { meanOverRows, targetAt, weightedSum } from './targets.ts';

/** A loss of each output number by itself. */
interface Elementwise {
  readonly name: string;
  /** The loss of tensors of one shape, elementwise. */
  readonly ofTensors: (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
  /** The same of two numbers. */
  readonly ofNumbers: (target: number, output: number) => number;
}

/** Returns the loss that is the mean over an output's units of each unit's loss. */
export const elementwise = ({ name, ofTensors, ofNumbers }: Elementwise): Loss => ({
  name,
  sum: (targets, logits, activation, weights) =>
    weightedSum(tf.mean(ofTensors(targets, outputTensor(logits, activation)), -1), weights),
  mean: (answers) => {
    const { units } = answers;
    const target = targetAt(answers);
    const outputs = outputsOf(answers);
    return meanOverRows(answers, (start) => {
      let sum = 0;
      for (let i = start; i < start + units; i++) sum += ofNumbers(target(i), outputs[i]!);
      return sum / units;
    });
  },
});

/** Returns a model's outputs for its logits. */
export const outputTensor = (logits: tf.Tensor, activation: HeadActivation): tf.Tensor => {
  switch (activation) {
    case 'softmax':
      return tf.softmax(logits);
    case 'sigmoid':
      return tf.sigmoid(logits);
    case 'linear':
      return logits;
  }
};

/** The same outside TensorFlow, in float32. */
export const outputsOf = ({
  logits,
  activation,
  units,
}: Pick<Answers, 'logits' | 'activation' | 'units'>): Float32Array => {
  switch (activation) {
    case 'softmax':
      return softmax(logits, units);
    case 'sigmoid':
      return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    case 'linear':
      return logits;
  }
};
