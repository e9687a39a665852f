import type { Batch, LossConfig } from '@dropout-lab/contracts';
import {
  createLogitsFunction,
  createSlicedLogits,
  passThroughSlices,
  type SlicedLogits,
  sampling,
  setDropoutPosition,
  takesWholeNumbers,
  trainedWeights,
  type WithinSlice,
} from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposeInBackwardPass } from '../backward-memory.ts';
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
import { addGradients, concatenated, type SliceGradients } from './slice-gradients.ts';
import { rowsOf, type SumTree, slicesOf, slicesWithin, sumOf, sumTreeWithin } from './sum-tree.ts';
import { type SharedStatistics, sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

/** The place of a slice in its batch. */
export interface BatchRows {
  /** The slice's first row within its batch. */
  readonly rowOffset: number;
  /** Rows of the whole batch. */
  readonly batchSize: number;
}

/** The position of a slice in its batch and in training; masks and the mean over the batch depend on it. */
export interface SlicePosition extends BatchRows {
  /** Updates made before this step, from 0. */
  readonly step: number;
  /** The loss to minimize; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  /** Whether to return the logits too, for metrics of the user's own. */
  readonly withLogits?: boolean | undefined;
  /** Factor from 0 to 1 of every dropout rate in this step; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/** The position of consecutive parts of a batch, whose slices are computed together. */
export interface PartsPosition extends SlicePosition {
  /** The parts; the first one begins at `rowOffset`. */
  readonly parts: readonly SumTree[];
  /** The threads that compute the other parts; undefined when these are the whole batch. */
  readonly group?: SliceGroup | undefined;
}

/** The position of a slice in a pass of Monte Carlo dropout; masks depend on it alone. */
export interface SampledPosition extends BatchRows {
  /** The number of the pass, from 0: its masks are those of the layers' seeds at this step. */
  readonly step: number;
  /** The batch's first row among all images. */
  readonly firstImage: number;
  /** Factor, above 0, of every dropout rate; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/** A batch's loss and gradients, whose numbers have not been read from where they were computed. The caller disposes all of it. */
export interface UnreadGradients extends Pick<SliceGradients, 'gradients'> {
  readonly loss: tf.Tensor;
  /** Undefined where there is no accuracy. */
  readonly correct: tf.Tensor | undefined;
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
  /**
   * Computes the loss and gradients of a whole batch without waiting for a number. Only where such a wait costs much, as on
   * WebGPU: training then waits once for several steps.
   */
  unreadGradients?(batch: Batch, position: SlicePosition): Promise<UnreadGradients>;
  /**
   * Computes the shares of parts of a batch at once, layer by layer, while the threads of a group compute the others. A replica
   * that is to share batches with others needs it where slices exchange statistics.
   */
  partGradients?(rows: Batch, position: PartsPosition): Promise<readonly SliceGradients[]>;
  /**
   * Computes logits of shape [size, ..., units], dropout off.
   *
   * @param rows Where the slice is only a part of its batch: the slices that it is computed in are the batch's.
   */
  logits(slice: Batch, rows?: BatchRows): Promise<Float32Array>;
  /** Computes the same with dropout on and nothing else of training: one pass of Monte Carlo dropout. */
  sampledLogits(slice: Batch, position: SampledPosition): Promise<Float32Array>;
  /** Frees the replica's resources; the model stays the caller's. */
  dispose(): void;
}

/** Rows of a batch, and the number of the first. */
interface Rows {
  readonly batch: Batch;
  readonly rowOffset: number;
}

/** Returns the replica that computes on this thread's backend. */
export const createReplica = (model: LayersModel): Replica => {
  const logitsOf = createLogitsFunction(model);
  let slicedLogits: SlicedLogits | undefined;
  const trained = trainedWeights(model);
  const variables = trained.map(({ variable }) => variable);

  /** The share of each slice of a pass, of the trained variables or of clones of them for each slice. */
  const sharesOf = (
    slices: readonly Rows[],
    weights: readonly (readonly tf.Tensor[])[],
    { batchSize, loss: lossConfig, withLogits = false }: SlicePosition,
    within: WithinSlice,
    logitsOfAll: (images: readonly tf.Tensor[]) => readonly tf.Tensor[],
  ) => {
    const { loss: lossOf, head, outputShape, units } = objectiveOf(model, lossConfig);
    const inputs = slices.map(({ batch }) => ({
      images: imagesOf(batch, model),
      targets: targetTensor(batch.labels, [batch.size, ...outputShape]),
      weights: batch.sampleWeights && tf.tensor1d(batch.sampleWeights),
      accuracy: accuracyKind(lossOf.name, batch.labels, units),
    }));
    const kept: { loss: tf.Scalar; correct: tf.Tensor | undefined; logits: tf.Tensor | undefined }[] = [];
    const forward = (): tf.Scalar => {
      const logits = logitsOfAll(inputs.map(({ images }) => images));
      const losses = inputs.map(({ targets, weights, accuracy }, i) => {
        const ofSlice = logits[i]!;
        const correct = accuracy && tf.keep(correctRows(accuracy, targets, ofSlice));
        const share = tf.div(lossOf.sum(targets, ofSlice, head.activation, weights), batchSize);
        const penalty = within(i, () => regularizationLoss(model));
        const { size } = slices[i]!.batch;
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

  /** Waits for the numbers of shares. */
  const read = (shares: ReturnType<typeof sharesOf>): Promise<SliceGradients[]> =>
    Promise.all(
      shares.map(async ({ loss, correct, logits, gradients }) => {
        const [[lossValue], correctValue] = await Promise.all([loss.data(), correct?.data()]);
        const logitValues = (await logits?.data<'float32'>())?.slice();
        tf.dispose([loss, ...(correct ? [correct] : []), ...(logits ? [logits] : [])]);
        return { loss: lossValue!, correct: correctValue?.[0], gradients, logits: logitValues };
      }),
    );

  /** Computes the share of rows at once. */
  const shareOfRows = (batch: Batch, position: SlicePosition) => {
    setDropoutPosition(model, position);
    const [share] = disposingWhenThrown(() =>
      sharesOf(
        [{ batch, rowOffset: position.rowOffset }],
        [variables],
        position,
        (_, run) => run(),
        ([images]) => [logitsOf(images!, { training: true })],
      ),
    );
    return share!;
  };

  /** Computes the shares of slices of a batch layer by layer. */
  const sharesOfSlices = (
    rows: Batch,
    leaves: readonly SumTree[],
    { group, ...position }: Omit<PartsPosition, 'parts'>,
  ) => {
    const slices = leaves.map(
      (part): Rows => ({
        batch: rowsOf(rows, part, position.rowOffset),
        rowOffset: part.start,
      }),
    );
    slicedLogits ??= createSlicedLogits(model);
    const logitsOfSlices = slicedLogits;
    const exchange = group && exchangeOf(group);
    const compute = () =>
      disposingWhenThrown(() => {
        const weights = slices.map(() => variables.map((variable) => variable.clone()));
        const pass = {
          step: position.step,
          rateFactor: position.rateFactor,
          slices: slices.map(({ rowOffset }, i) => ({ rowOffset, weights: weights[i]! })),
        };
        return passThroughSlices(model, pass, (within) =>
          sharesOf(slices, weights, position, within, (images) =>
            logitsOfSlices(images, { within, exchange }),
          ),
        );
      });
    return abandoning(group, compute);
  };

  /** Computes the gradients of parts of a batch, all slices of them layer by layer. */
  const partGradients = async (
    rows: Batch,
    { parts, ...position }: PartsPosition,
  ): Promise<readonly SliceGradients[]> => {
    const leaves = parts.flatMap(slicesOf);
    const known = await read(sharesOfSlices(rows, leaves, position));
    const sliceAt = new Map(leaves.map(({ start }, i) => [start, known[i]!]));
    return parts.map((part) =>
      sumOf(part, ({ start, halves }) => (halves ? undefined : sliceAt.get(start)), addGradients),
    );
  };

  const unreadGradients = async (batch: Batch, position: SlicePosition): Promise<UnreadGradients> => {
    const isInSlices = sharedStatisticsOf(model) !== undefined && wholeBatchLayerOf(model) === undefined;
    if (!isInSlices) return shareOfRows(batch, position);
    return sharesOfSlices(batch, [{ start: 0, end: batch.size }], position)[0]!;
  };

  /** Computes logits, slice by slice where replicas share batches, so that they do not depend on how many there are. */
  const answers = async (
    batch: Batch,
    { rowOffset, batchSize }: BatchRows,
    compute: (images: tf.Tensor, firstRow: number) => tf.Tensor,
  ): Promise<Float32Array> => {
    const rows = { start: rowOffset, end: rowOffset + batch.size };
    const isSliced = sharesBatches() && wholeBatchLayerOf(model) === undefined;
    const slices = isSliced ? slicesWithin(batchSize, rows.start, rows.end) : [rows];
    const parts: Float32Array[] = [];
    for (const slice of slices) {
      const logits = tf.tidy(() => compute(imagesOf(rowsOf(batch, slice, rowOffset), model), slice.start));
      // A copy: some backends return views of memory that the next operation overwrites.
      parts.push((await logits.data<'float32'>()).slice());
      logits.dispose();
    }
    return concatenated(parts);
  };

  return {
    model,
    wholeBatchLayer: wholeBatchLayerOf(model),
    sharedStatistics: sharedStatisticsOf(model),
    isOnThisThread: true,
    gradients: async (slice, position) => {
      const { rowOffset, batchSize } = position;
      // A loss of the user's own, which other threads cannot be sent, sees the batch as a whole.
      const isOwnLoss = position.loss !== undefined && 'rows' in position.loss;
      const rows = { start: rowOffset, end: rowOffset + slice.size };
      const isWhole = isOwnLoss || !sharesBatches();
      const tree = isWhole ? rows : sumTreeWithin(batchSize, rows.start, rows.end);
      const needsWholeBatch = wholeBatchLayerOf(model) !== undefined;
      const statistics = sharedStatisticsOf(model);
      if (statistics) requireWhole(slice, batchSize, statistics);
      if (statistics && !needsWholeBatch) {
        return (await partGradients(slice, { ...position, parts: [tree] }))[0]!;
      }
      const sum = async (part: SumTree): Promise<SliceGradients> => {
        if (part.halves) return addGradients(await sum(part.halves[0]), await sum(part.halves[1]));
        const rows = rowsOf(slice, part, rowOffset);
        return (await read([shareOfRows(rows, { ...position, rowOffset: part.start })]))[0]!;
      };
      return sum(needsWholeBatch ? rows : tree);
    },
    ...(tf.getBackend() === 'webgpu' && { unreadGradients }),
    partGradients,
    logits: (slice, rows = wholeOf(slice)) =>
      answers(slice, rows, (images) => logitsOf(images, { training: false })),
    sampledLogits: (slice, position) => {
      const { step, firstImage, rateFactor } = position;
      return answers(slice, position, (images, firstRow) => {
        setDropoutPosition(model, { step, rowOffset: firstImage + firstRow, rateFactor });
        return sampling(model, () => logitsOf(images, { training: true }));
      });
    },
    dispose: () => {},
  };
};

/** The backends that compute on one thread, so that several replicas may share a batch. */
const singleThreaded: ReadonlySet<string> = new Set(['wasm', 'cpu']);

/**
 * Whether batches are computed slice by slice on a backend of TensorFlow.js, so that a run has the same numbers on any number of
 * replicas.
 *
 * @param backend Its name; the active one when left out.
 */
export const sharesBatches = (backend = tf.getBackend()): boolean => singleThreaded.has(backend);

/** @throws TrainingError when a slice is not the whole batch, whose statistics a batch normalization needs. */
const requireWhole = (slice: Batch, batchSize: number, { layer }: SharedStatistics): void => {
  if (slice.size === batchSize) return;
  throw new TrainingError(
    `replica: expected all ${batchSize} images of the batch, since ${layer} needs the statistics of all of them, found ${slice.size} and no group to exchange with: use parallelReplica`,
  );
};

/** Returns the place of a slice that is a whole batch. */
export const wholeOf = ({ size }: Batch): BatchRows => ({ rowOffset: 0, batchSize: size });

/** Runs a pass; when it throws, the threads of its group stop waiting for it. */
const abandoning = <Result>(group: SliceGroup | undefined, run: () => Result): Result => {
  try {
    return run();
  } catch (error) {
    if (group) abandon(group.memory);
    throw error;
  }
};

/** Images in the form that the model takes; integers, such as an Embedding's, are not scaled. */
const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor => {
  const inputShape = [size, ...(model.inputs[0]!.shape.slice(1) as number[])];
  if (takesWholeNumbers(model)) return tf.tensor(Int32Array.from(images), inputShape, 'int32');
  return tf.tensor(imageValues(images), inputShape);
};
