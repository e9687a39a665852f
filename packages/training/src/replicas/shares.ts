import type { Batch } from '@dropout-lab/contracts';
import { trainedWeights, type WithinSlice } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposeInBackwardPass } from '../backward-memory.ts';
import { TrainingError } from '../errors.ts';
import { accuracyKind, correctRows } from '../losses/accuracy.ts';
import { withGradientOfAbs } from '../losses/gradient-of-abs.ts';
import { regularizationLoss } from '../losses/regularization.ts';
import { targetTensor } from '../losses/targets.ts';
import { objectiveOf } from '../objective.ts';
import { imagesOf } from './images-of.ts';
import type { SlicePosition } from './position.ts';
import type { SliceGradients } from './slice-gradients.ts';

/**
 * The share that a slice has of its batch's loss and gradients, whose numbers have not been read. No interface: TensorFlow.js
 * would not take it for a container of tensors.
 */
type UnreadShare = Pick<SliceGradients, 'gradients'> & {
  readonly loss: tf.Scalar;
  /** Undefined where there is no accuracy. */
  readonly correct: tf.Tensor | undefined;
  /** Undefined unless they were asked for. */
  readonly logits: tf.Tensor | undefined;
};

/** The forward pass of slices. */
interface Pass {
  /** The trained variables of each slice, or clones of them. */
  readonly weights: readonly (readonly tf.Tensor[])[];
  /** Runs what belongs to a slice. */
  readonly within: WithinSlice;
  /** Returns the logits of each slice's images. */
  readonly logitsOf: (images: readonly tf.Tensor[]) => readonly tf.Tensor[];
}

/** Returns a model's trained variables, and what computes the shares of slices of a batch. */
export const createShares = (model: LayersModel) => {
  const trained = trainedWeights(model);

  const sharesOf = (
    slices: readonly Batch[],
    { batchSize, loss: lossConfig, withLogits = false }: SlicePosition,
    { weights, within, logitsOf }: Pass,
  ): UnreadShare[] => {
    const { loss: lossOf, head, outputShape, units } = objectiveOf(model, lossConfig);
    const inputs = slices.map((batch) => ({
      images: imagesOf(batch, model),
      targets: targetTensor(batch.labels, [batch.size, ...outputShape]),
      weights: batch.sampleWeights && tf.tensor1d(batch.sampleWeights),
      accuracy: accuracyKind(lossOf.name, batch.labels, units),
    }));
    const kept: Omit<UnreadShare, 'gradients'>[] = [];
    const forward = (): tf.Scalar => {
      const logits = logitsOf(inputs.map(({ images }) => images));
      const losses = inputs.map(({ targets, weights, accuracy }, i) => {
        const ofSlice = logits[i]!;
        const correct = accuracy && tf.keep(correctRows(accuracy, targets, ofSlice));
        const share = tf.div(lossOf.sum(targets, ofSlice, head.activation, weights), batchSize);
        const penalty = within(i, () => regularizationLoss(model));
        const { size } = slices[i]!;
        const loss = (penalty ? tf.add(share, tf.mul(penalty, size / batchSize)) : share) as tf.Scalar;
        const keptLogits = withLogits ? tf.keep(ofSlice.clone()) : undefined;
        kept.push({ loss: tf.keep(loss.clone()), correct, logits: keptLogits });
        return loss;
      });
      // The gradient of each is 1.
      const sum: tf.Scalar = losses.length === 1 ? losses[0]! : tf.addN(losses);
      disposeInBackwardPass();
      return sum;
    };
    const { value, grads } = tf
      .engine()
      .gradients(() => withGradientOfAbs(forward), weights.flat(), undefined, true);
    value.dispose();
    return kept.map((ofSlice, i) => ({
      ...ofSlice,
      gradients: trained.map(({ name }, w) => {
        const gradient = grads[i * trained.length + w];
        if (gradient) return gradient;
        throw new TrainingError(
          `model: ${name}: expected a weight that the output depends on, found that it has no gradient: freeze its layer (before a replica is made), or leave it out`,
        );
      }),
    }));
  };

  return { variables: trained.map(({ variable }) => variable), sharesOf };
};

/** Waits for the numbers of shares. */
export const readShares = (shares: readonly UnreadShare[]): Promise<SliceGradients[]> =>
  Promise.all(
    shares.map(async ({ loss, correct, logits, gradients }) => {
      const [[lossValue], correctValue] = await Promise.all([loss.data(), correct?.data()]);
      const logitValues = (await logits?.data<'float32'>())?.slice();
      tf.dispose([loss, ...(correct ? [correct] : []), ...(logits ? [logits] : [])]);
      return { loss: lossValue!, correct: correctValue?.[0], gradients, logits: logitValues };
    }),
  );
