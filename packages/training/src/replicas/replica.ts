import type { Batch } from '@dropout-lab/contracts';
import {
  createLogitsFunction,
  createSlicedLogits,
  passThroughSlices,
  type SlicedLogits,
  sampling,
  setDropoutPosition,
} from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { disposingWhenThrown } from '../disposing.ts';
import { TrainingError } from '../errors.ts';
import { imagesOf } from './images-of.ts';
import {
  type BatchRows,
  type PartsPosition,
  type SampledPosition,
  type SlicePosition,
  wholeOf,
} from './position.ts';
import { createShares, readShares } from './shares.ts';
import { abandon, exchangeOf, type SliceGroup } from './slice-exchange.ts';
import { addGradients, concatenated, type SliceGradients } from './slice-gradients.ts';
import { rowsOf, type SumTree, slicesOf, slicesWithin, sumOf, sumTreeWithin } from './sum-tree.ts';
import { type SharedStatistics, sharedStatisticsOf, wholeBatchLayerOf } from './whole-batch.ts';

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

/** Returns the replica that computes on this thread's backend. */
export const createReplica = (model: LayersModel): Replica => {
  const logitsOf = createLogitsFunction(model);
  let slicedLogits: SlicedLogits | undefined;
  const { variables, sharesOf } = createShares(model);

  /** Computes the share of rows at once. */
  const shareOfRows = (batch: Batch, position: SlicePosition) => {
    setDropoutPosition(model, position);
    const [share] = disposingWhenThrown(() =>
      sharesOf([batch], position, {
        weights: [variables],
        within: (_, run) => run(),
        logitsOf: ([images]) => [logitsOf(images!, { training: true })],
      }),
    );
    return share!;
  };

  /** Computes the shares of slices of a batch layer by layer. */
  const sharesOfSlices = (
    rows: Batch,
    leaves: readonly SumTree[],
    { group, ...position }: Omit<PartsPosition, 'parts'>,
  ) => {
    const slices = leaves.map((part) => rowsOf(rows, part, position.rowOffset));
    slicedLogits ??= createSlicedLogits(model);
    const logitsOfSlices = slicedLogits;
    const exchange = group && exchangeOf(group);
    const compute = () =>
      disposingWhenThrown(() => {
        const weights = slices.map(() => variables.map((variable) => variable.clone()));
        const pass = {
          step: position.step,
          rateFactor: position.rateFactor,
          slices: leaves.map(({ start }, i) => ({ rowOffset: start, weights: weights[i]! })),
        };
        return passThroughSlices(model, pass, (within) =>
          sharesOf(slices, position, {
            weights,
            within,
            logitsOf: (images) => logitsOfSlices(images, { within, exchange }),
          }),
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
    const known = await readShares(sharesOfSlices(rows, leaves, position));
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
        return (await readShares([shareOfRows(rows, { ...position, rowOffset: part.start })]))[0]!;
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

/** Runs a pass; when it throws, the threads of its group stop waiting for it. */
const abandoning = <Result>(group: SliceGroup | undefined, run: () => Result): Result => {
  try {
    return run();
  } catch (error) {
    if (group) abandon(group.memory);
    throw error;
  }
};
