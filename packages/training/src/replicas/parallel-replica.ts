import type { Batch } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors.ts';
import type { Replica, SliceGradients } from './replica.ts';
import { abandonedName, createExchangeMemory } from './slice-exchange.ts';

/** Options of {@link parallelReplica}. */
export interface ParallelOptions {
  /**
   * How long the slices of a batch wait for each other where batch normalization exchanges statistics, 120 by default. It is
   * the only way to notice a thread that hangs.
   */
  readonly timeoutSeconds?: number;
}

/**
 * Returns a replica that splits every batch evenly over several and adds up their results: data parallelism. Since masks are
 * drawn by row of the whole batch, and batch normalization exchanges its sums, it computes the same as a single replica, but
 * for the order of float32 sums; with the same number of replicas, the same bits.
 *
 * @param replicas At least one; they are disposed with this one.
 * @throws TrainingError when there are several, and a layer needs the whole batch at once; with batch normalization also
 *   when several of them are on this thread, where they cannot wait for each other.
 */
export const parallelReplica = (
  replicas: readonly Replica[],
  { timeoutSeconds = 120 }: ParallelOptions = {},
): Replica => {
  const [first] = replicas;
  if (replicas.length === 1) return first!;
  requireSlices(replicas);
  const shared = replicas.find(({ sharedStatistics }) => sharedStatistics)?.sharedStatistics;
  const memories = shared && createPool(() => createExchangeMemory(replicas.length, shared.numbers));

  /** Starts replicas of other threads first: one on this thread computes at once, and leaves no time to start the others. */
  const ask = <Slice, Answer>(
    slices: readonly Slice[],
    answerOf: (replica: Replica, slice: Slice, index: number) => Promise<Answer>,
  ): Promise<Answer[]> => {
    const answers: Promise<Answer>[] = [];
    for (const isHere of [false, true]) {
      slices.forEach((slice, i) => {
        const replica = replicas[i]!;
        if ((replica.isOnThisThread ?? false) === isHere) answers[i] = answerOf(replica, slice, i);
      });
    }
    return Promise.all(answers);
  };

  return {
    model: first!.model,
    // One of several threads cannot take part in the exchange of another parallelReplica.
    wholeBatchLayer: shared?.layer,
    isOnThisThread: replicas.some(({ isOnThisThread }) => isOnThisThread),
    gradients: async (batch, position) => {
      const slices = splitRows(batch, replicas.length);
      const count = slices.length;
      const memory = count > 1 ? memories?.take() : undefined;
      const parts = await ask(slices, (replica, { slice, start }, index) => {
        const compute = () =>
          replica.gradients(slice, {
            ...position,
            rowOffset: position.rowOffset + start,
            group: memory && { memory, index, count, timeoutSeconds },
          });
        // This thread may sleep until another arrives, so it first lets the event of a thread that has ended come in.
        const answer = memory && replica.isOnThisThread ? pendingEvents().then(compute) : compute();
        return answer.catch(causeOf);
      });
      // Not after an error, when a thread may still use the memory.
      if (memory) memories?.giveBack(memory);
      return parts.reduce(addGradients);
    },
    logits: async (batch) => {
      const slices = splitRows(batch, replicas.length);
      return concatenated(await ask(slices, (replica, { slice }) => replica.logits(slice)));
    },
    dispose: () => {
      for (const replica of replicas) replica.dispose();
    },
  };
};

/** @throws TrainingError when training on slices of a batch would not be the same as on the whole batch. */
const requireSlices = (replicas: readonly Replica[]): void => {
  const layer = replicas.find(({ wholeBatchLayer }) => wholeBatchLayer !== undefined)?.wholeBatchLayer;
  if (layer !== undefined) {
    throw new TrainingError(
      `parallelReplica: expected a model whose images do not depend on each other in training, found ${layer}, which needs the whole batch: train on one replica`,
    );
  }
  const here = replicas.filter(({ sharedStatistics, isOnThisThread }) => sharedStatistics && isOnThisThread);
  if (here.length > 1) {
    throw new TrainingError(
      `parallelReplica: expected at most one replica on this thread, since ${here[0]!.sharedStatistics!.layer} exchanges the statistics of the whole batch between them, found ${here.length}: connect replicas of other threads, or train on one`,
    );
  }
};

/** Resolves when all pending events of ports and workers have been handled. */
const pendingEvents = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Rejects with an error, unless it only follows from another slice's, which is rejected with too. */
const causeOf = (error: Error): Promise<never> =>
  error.name === abandonedName ? new Promise(() => {}) : Promise.reject(error);

/** Reuses things: as many are created as are in use at the same time. */
const createPool = <Thing>(create: () => Thing) => {
  const free: Thing[] = [];
  return {
    take: (): Thing => free.pop() ?? create(),
    giveBack: (thing: Thing): void => {
      free.push(thing);
    },
  };
};

/** Splits a batch into at most `count` slices, views of it, whose sizes differ by at most one; none is empty. */
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
        images: images.subarray(start * rowLength, end * rowLength),
        labels: labels.subarray(start * labelLength, end * labelLength),
        ...(sampleWeights && { sampleWeights: sampleWeights.subarray(start, end) }),
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
