import type { Batch, LossConfig } from '@dropout-lab/contracts';
import {
  batchNormalizationsOf,
  createLogitsFunction,
  setDropoutPosition,
  takesWholeNumbers,
  trainedWeights,
} from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposingWhenThrown } from '../disposing.ts';
import { TrainingError } from '../errors.ts';
import { imageValues } from '../image-values.ts';
import { accuracyKind, correctRows } from '../losses/accuracy.ts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import { withGradientOfAbs } from '../losses/gradient-of-abs.ts';
import { regularizationLoss } from '../losses/regularization.ts';
import { targetTensor } from '../losses/targets.ts';
import { objectiveOf } from '../objective.ts';
import { abandon, exchangeOf, type SliceGroup } from './slice-exchange.ts';
import { addGradients, type SliceGradients } from './slice-gradients.ts';
import { rowsOf, type SumTree, sumTreeWithin } from './sum-tree.ts';
import { type SharedStatistics, sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

/** The position of a slice in its batch and in training; masks and the mean over the batch depend on it. */
export interface SlicePosition {
  /** Updates made before this step, from 0. */
  readonly step: number;
  /** The slice's first row within its batch. */
  readonly rowOffset: number;
  /** Rows of the whole batch. */
  readonly batchSize: number;
  /** The loss to minimize; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  /** Whether to return the logits too, for metrics of the user's own. */
  readonly withLogits?: boolean | undefined;
  /** The slices that batch normalization exchanges statistics with; needed where the slice is not the whole batch. */
  readonly group?: SliceGroup | undefined;
}

/** A copy of a model that computes gradients and logits, on this thread or another. */
export interface Replica {
  /** This thread's model, with whose weights it computes. */
  readonly model: LayersModel;
  /** The name of a layer that needs the whole batch at once; undefined where the slices' shares add up to the batch's. */
  readonly wholeBatchLayer?: string | undefined;
  /** The statistics that slices of a batch exchange; undefined where there are none. */
  readonly sharedStatistics?: SharedStatistics | undefined;
  /** Whether it computes on the calling thread, and so not at the same time as others there. */
  readonly isOnThisThread?: boolean | undefined;
  /** Computes the slice's share of its batch's loss and gradients, dropout on. */
  gradients(slice: Batch, position: SlicePosition): Promise<SliceGradients>;
  /** Computes logits of shape [size, ..., units], dropout off. */
  logits(slice: Batch): Promise<Float32Array>;
  /** Frees the replica's resources; the model stays the caller's. */
  dispose(): void;
}

/** Returns the replica that computes on this thread's backend. */
export const createReplica = (model: LayersModel): Replica => {
  const logitsOf = createLogitsFunction(model);
  const trained = trainedWeights(model);
  const variables = trained.map(({ variable }) => variable);

  const gradientsOf = (
    slice: Batch,
    { step, rowOffset, batchSize, loss: lossConfig, withLogits = false }: SlicePosition,
  ) => {
    const { loss: lossOf, head, outputShape, units } = objectiveOf(model, lossConfig);
    const accuracy = accuracyKind(lossOf.name, slice.labels, units);
    setDropoutPosition(model, { step, rowOffset });
    return disposingWhenThrown(() => {
      const images = imagesOf(slice, model);
      const targets = targetTensor(slice.labels, [slice.size, ...outputShape]);
      const weights = slice.sampleWeights && tf.tensor1d(slice.sampleWeights);
      let correct: tf.Tensor | undefined;
      let kept: tf.Tensor | undefined;
      const forward = () => {
        const logits = logitsOf(images, { training: true });
        if (accuracy) correct = tf.keep(correctRows(accuracy, targets, logits));
        if (withLogits) kept = tf.keep(logits.clone());
        const share = tf.div(lossOf.sum(targets, logits, head.activation, weights), batchSize);
        const penalty = regularizationLoss(model);
        return (penalty ? tf.add(share, tf.mul(penalty, slice.size / batchSize)) : share) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(() => withGradientOfAbs(forward), variables);
      const gradients = trained.map(({ name, variable }) => {
        const gradient = grads[variable.name];
        if (gradient) return gradient;
        throw new TrainingError(
          `model: ${name}: expected a weight that the output depends on, found that it has no gradient: freeze its layer (before a replica is made), or leave it out`,
        );
      });
      return { loss: value, correct, logits: kept, gradients };
    });
  };

  const wholeBatchLayer = wholeBatchLayerOf(model);
  const sharedStatistics = sharedStatisticsOf(model);
  const needsAllRows = wholeBatchLayer !== undefined || sharedStatistics !== undefined;

  /** Computes the gradients of rows at once. */
  const computed = async (slice: Batch, position: SlicePosition): Promise<SliceGradients> => {
    const { loss, correct, logits, gradients } = withStatistics(model, slice, position, () =>
      gradientsOf(slice, position),
    );
    const [[lossValue], correctValue] = await Promise.all([loss.data(), correct?.data()]);
    const logitValues = (await logits?.data<'float32'>())?.slice();
    tf.dispose([loss, ...(correct ? [correct] : []), ...(logits ? [logits] : [])]);
    return { loss: lossValue!, correct: correctValue?.[0], gradients, logits: logitValues };
  };

  return {
    model,
    wholeBatchLayer,
    sharedStatistics,
    isOnThisThread: true,
    gradients: async (slice, position) => {
      // A loss of the user's own, which other threads cannot be sent, sees the batch as a whole.
      const isOwnLoss = position.loss !== undefined && 'rows' in position.loss;
      if (needsAllRows || isOwnLoss || !sharesBatches()) return computed(slice, position);
      const { rowOffset, batchSize } = position;
      const tree = sumTreeWithin(batchSize, rowOffset, rowOffset + slice.size);
      const sum = async (part: SumTree): Promise<SliceGradients> => {
        if (part.halves) return addGradients(await sum(part.halves[0]), await sum(part.halves[1]));
        return computed(rowsOf(slice, part, rowOffset), { ...position, rowOffset: part.start });
      };
      return sum(tree);
    },
    logits: async (slice) => {
      const logits = tf.tidy(() => logitsOf(imagesOf(slice, model), { training: false }));
      const values = await logits.data<'float32'>();
      logits.dispose();
      // A copy: some backends return views of memory that the next operation overwrites.
      return values.slice();
    },
    dispose: () => {},
  };
};

/** The backends that compute on one thread, so that several replicas may share a batch. */
const singleThreaded: ReadonlySet<string> = new Set(['wasm', 'cpu']);

/** Whether batches are computed slice by slice on the active backend, however many replicas there are. */
const sharesBatches = (): boolean => singleThreaded.has(tf.getBackend());

/**
 * Runs a training pass in which every batch normalization of the model sees the statistics of the whole batch.
 *
 * @throws TrainingError when the slice is not the whole batch and has no group.
 */
const withStatistics = <Result>(
  model: LayersModel,
  slice: Batch,
  { batchSize, group }: SlicePosition,
  run: () => Result,
): Result => {
  const normalizations = batchNormalizationsOf(model);
  const needsBatch = normalizations.find(({ layer }) => !layer.isFrozen);
  if (needsBatch !== undefined && group === undefined && slice.size < batchSize) {
    throw new TrainingError(
      `replica: expected all ${batchSize} images of the batch, since ${needsBatch.name} needs the statistics of all of them, found ${slice.size} and no group to exchange with: use parallelReplica`,
    );
  }
  const exchange = group && exchangeOf(group);
  for (const { layer } of normalizations) layer.exchange = exchange;
  try {
    return run();
  } catch (error) {
    if (group) abandon(group.memory);
    throw error;
  } finally {
    for (const { layer } of normalizations) layer.exchange = undefined;
  }
};

/** Images in the form that the model takes; integers, such as an Embedding's, are not scaled. */
const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor => {
  const inputShape = [size, ...(model.inputs[0]!.shape.slice(1) as number[])];
  if (takesWholeNumbers(model)) return tf.tensor(Int32Array.from(images), inputShape, 'int32');
  return tf.tensor(imageValues(images), inputShape);
};
