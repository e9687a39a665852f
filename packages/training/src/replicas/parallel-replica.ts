import type { Batch } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';
import type { Replica, SliceGradients, SlicePosition } from './replica.ts';

/**
 * A replica that splits every batch evenly over several and adds up what they find: data parallelism. Since
 * masks are drawn by row of the whole batch, it computes what a single replica would, but for the order of
 * float32 sums; with as many replicas again, the same to the bit.
 *
 * @param replicas At least one, and those on other threads first: one on this thread begins at once and leaves
 *   no time to ask the others. Disposed with this one.
 * @throws TrainingError when there are several, and a layer needs the whole batch at once.
 */
export const parallelReplica = (replicas: readonly Replica[]): Replica => {
  const layer = replicas.find(({ wholeBatchLayer }) => wholeBatchLayer !== undefined)?.wholeBatchLayer;
  if (layer !== undefined && replicas.length > 1) {
    throw new TrainingError(
      `parallelReplica: expected a model whose images do not depend on each other in training, found ${layer}, which needs the statistics of the whole batch: train on one replica`,
    );
  }
  return {
    model: replicas[0]!.model,
    wholeBatchLayer: layer,
    gradients: async (batch, position) => {
      const parts = await Promise.all(
        splitRows(batch, replicas.length).map(({ slice, start }, i) => {
          const slicePosition: SlicePosition = { ...position, rowOffset: position.rowOffset + start };
          return replicas[i]!.gradients(slice, slicePosition);
        }),
      );
      return parts.reduce(addGradients);
    },
    logits: async (batch) => {
      const parts = await Promise.all(
        splitRows(batch, replicas.length).map(({ slice }, i) => replicas[i]!.logits(slice)),
      );
      return concatenated(parts);
    },
    dispose: () => {
      for (const replica of replicas) replica.dispose();
    },
  };
};

/** At most `count` slices of sizes that differ by one at most, none of them empty; copies, so that a thread gets its own rows only. */
const splitRows = (
  { images, labels, sampleWeights, size }: Batch,
  count: number,
): { slice: Batch; start: number }[] => {
  const rowLength = images.length / size;
  const labelLength = labels.length / size;
  const slices = Math.min(count, size);
  return Array.from({ length: slices }, (_, i) => {
    const start = Math.floor((i * size) / slices);
    const end = Math.floor(((i + 1) * size) / slices);
    return {
      start,
      slice: {
        images: images.slice(start * rowLength, end * rowLength),
        labels: labels.slice(start * labelLength, end * labelLength),
        ...(sampleWeights && { sampleWeights: sampleWeights.slice(start, end) }),
        size: end - start,
      },
    };
  });
};

const addGradients = (a: SliceGradients, b: SliceGradients): SliceGradients => {
  const gradients = a.gradients.map((gradient, i) => tf.add(gradient, b.gradients[i]!));
  tf.dispose([a.gradients, b.gradients]);
  const logits = a.logits && b.logits && concatenated([a.logits, b.logits]);
  const correct = a.correct === undefined || b.correct === undefined ? undefined : a.correct + b.correct;
  return { loss: a.loss + b.loss, correct, gradients, logits };
};

const concatenated = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((offset, part) => {
    whole.set(part, offset);
    return offset + part.length;
  }, 0);
  return whole;
};
