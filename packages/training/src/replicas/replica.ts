import type { Batch, LossConfig } from '@dropout-lab/contracts';
import { createLogitsFunction, setDropoutPosition } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { createLoss, defaultLoss } from '../losses/loss.ts';
import { wholeBatchLayerOf } from './whole-batch.ts';

/** Where a slice of a batch stands: what the masks and the mean of the whole batch depend on. */
export interface SlicePosition {
  /** Updates made before this step, from 0. */
  readonly step: number;
  /** The slice's first row within its batch. */
  readonly rowOffset: number;
  /** Rows of the whole batch. */
  readonly batchSize: number;
  /** What is minimized; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | undefined;
  /** Whether the logits are wanted too, for metrics of the user's own. */
  readonly withLogits?: boolean | undefined;
}

/** What a slice adds to its batch's loss, accuracy and gradients. */
export interface SliceGradients {
  /** The slice's share of the batch's mean crossentropy, dropout on: summed over slices it is that mean. */
  readonly loss: number;
  /** Images of the slice classified right, dropout on. */
  readonly correct: number;
  /** The share's gradients, one for each trainable weight in `model.trainableWeights` order. The caller disposes them. */
  readonly gradients: tf.Tensor[];
  /** float32 [rows, classes], dropout on, where they were asked for. */
  readonly logits?: Float32Array | undefined;
}

/** A copy of a model that computes gradients and logits, here or elsewhere. */
export interface Replica {
  /** The name of a layer that needs the whole batch at once; undefined where slices add up to the whole. */
  readonly wholeBatchLayer?: string | undefined;
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
    wholeBatchLayer: wholeBatchLayerOf(model),
    gradients: async (
      slice,
      { step, rowOffset, batchSize, loss: lossConfig = defaultLoss, withLogits = false },
    ) => {
      const lossOf = createLoss(lossConfig);
      setDropoutPosition(model, { step, rowOffset });
      const { loss, correct, logits, gradients } = tf.tidy(() => {
        const images = imagesOf(slice, model);
        const labels = tf.tensor1d(Int32Array.from(slice.labels), 'int32');
        const oneHot = tf.oneHot(labels, numClasses);
        let correct!: tf.Tensor;
        let kept: tf.Tensor | undefined;
        const { value, grads } = tf.variableGrads(() => {
          const logits = logitsOf(images, { training: true });
          correct = tf.keep(tf.sum(tf.equal(tf.argMax(logits, -1), labels)));
          if (withLogits) kept = tf.keep(logits.clone());
          return tf.div(lossOf.sum(oneHot, logits), batchSize) as tf.Scalar;
        }, variables);
        return { loss: value, correct, logits: kept, gradients: variables.map(({ name }) => grads[name]!) };
      });
      const [[lossValue], [correctValue]] = await Promise.all([loss.data(), correct.data()]);
      const logitValues = (await logits?.data<'float32'>())?.slice();
      tf.dispose([loss, correct, ...(logits ? [logits] : [])]);
      return { loss: lossValue!, correct: correctValue!, gradients, logits: logitValues };
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

const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor =>
  tf.tensor(images, [size, ...(model.inputs[0]!.shape.slice(1) as number[])]);
