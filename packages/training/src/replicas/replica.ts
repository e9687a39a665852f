import type { Batch } from '@dropout-lab/contracts';
import { createLogitsFunction, setDropoutPosition } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Where a slice of a batch stands: what the masks and the mean of the whole batch depend on. */
export interface SlicePosition {
  /** Updates made before this step, from 0. */
  readonly step: number;
  /** The slice's first row within its batch. */
  readonly rowOffset: number;
  /** Rows of the whole batch. */
  readonly batchSize: number;
}

/** What a slice adds to its batch's loss, accuracy and gradients. */
export interface SliceGradients {
  /** The slice's share of the batch's mean crossentropy, dropout on: summed over slices it is that mean. */
  readonly loss: number;
  /** Images of the slice classified right, dropout on. */
  readonly correct: number;
  /** The share's gradients, one for each trainable weight in `model.trainableWeights` order. The caller disposes them. */
  readonly gradients: tf.Tensor[];
}

/** A copy of a model that computes gradients and logits, here or elsewhere. */
export interface Replica {
  /** What the slice adds to its batch's loss and gradients, dropout on. */
  gradients(slice: Batch, position: SlicePosition): Promise<SliceGradients>;
  /** Logits of shape [size, numClasses], dropout off. */
  logits(slice: Batch): Promise<Float32Array>;
  /** Ends what the replica started; the model stays the caller's. */
  dispose(): void;
}

/** The replica that computes on this thread's backend. */
export const createReplica = (model: LayersModel): Replica => {
  const logitsOf = createLogitsFunction(model);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const numClasses = model.outputShape.at(-1) as number;

  return {
    gradients: async (slice, { step, rowOffset, batchSize }) => {
      setDropoutPosition(model, { step, rowOffset });
      const { loss, correct, gradients } = tf.tidy(() => {
        const images = imagesOf(slice, model);
        const labels = tf.tensor1d(Int32Array.from(slice.labels), 'int32');
        const oneHot = tf.oneHot(labels, numClasses);
        let correct!: tf.Tensor;
        const { value, grads } = tf.variableGrads(() => {
          const logits = logitsOf(images, { training: true });
          correct = tf.keep(tf.sum(tf.equal(tf.argMax(logits, -1), labels)));
          return tf.div(crossentropySum(oneHot, logits), batchSize) as tf.Scalar;
        }, variables);
        return { loss: value, correct, gradients: variables.map(({ name }) => grads[name]!) };
      });
      const [[lossValue], [correctValue]] = await Promise.all([loss.data(), correct.data()]);
      tf.dispose([loss, correct]);
      return { loss: lossValue!, correct: correctValue!, gradients };
    },
    logits: async (slice) => {
      const logits = tf.tidy(() => logitsOf(imagesOf(slice, model), { training: false }));
      const values = await logits.data<'float32'>();
      logits.dispose();
      // A copy: some backends hand out views of memory that the next operation overwrites.
      return values.slice();
    },
    dispose: () => {},
  };
};

/** Summed over the rows. Keras's to the last digits at logits of any size: they are shifted before, not after, the logarithm. */
const crossentropySum = (oneHot: tf.Tensor, logits: tf.Tensor): tf.Tensor =>
  tf.losses.softmaxCrossEntropy(oneHot, belowZero(logits), undefined, 0, tf.Reduction.SUM);

/** Each row less its largest element. A crossentropy does not change by it, so the gradient passes as it is. */
const belowZero = tf.customGrad((logits) => ({
  value: tf.sub(logits as tf.Tensor, tf.max(logits as tf.Tensor, -1, true)),
  gradFunc: (slope: tf.Tensor) => slope,
})) as (logits: tf.Tensor) => tf.Tensor;

const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor =>
  tf.tensor(images, [size, ...(model.inputs[0]!.shape.slice(1) as number[])]);
