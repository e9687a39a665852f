import type { Batch } from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
import { createPool } from './pool.ts';
import { type BatchRows, wholeOf } from './position.ts';
import { type Replica, sharesBatches } from './replica.ts';
import { abandonedName, createExchangeMemory, type SliceGroup } from './slice-exchange.ts';
import { addGradients, concatenated, type SliceGradients } from './slice-gradients.ts';
import {
  rowOfSlices,
  rowsOf,
  runsOf,
  SLICES,
  type SumTree,
  shareTree,
  slicesOf,
  slicesWithin,
  sumOf,
  sumTreeWithin,
} from './sum-tree.ts';

/** Options of {@link parallelReplica}. */
export interface ParallelOptions {
  /**
   * How long the slices of a batch wait for each other where batch normalization exchanges statistics, 120 by default. It is
   * the only way to notice a thread that hangs.
   */
  readonly timeoutSeconds?: number;
}

/**
 * Returns a replica that shares every batch among several and adds up their results: data parallelism. Masks are drawn by row
 * of the whole batch, and on the wasm and cpu backends a batch is computed in slices that do not depend on the number of
 * replicas, summed in an order that does not either: the result is that of a single replica, to the bit. Slices of a model
 * with batch normalization exchange their sums. On other backends a batch has one slice for each replica, so that the order of
 * float32 sums depends on their number.
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
  const slices = Math.max(SLICES, replicas.length);
  const memories = shared && createPool(() => createExchangeMemory(slices, shared.numbers));

  /** Asks replicas of other threads first: one on this thread computes at once, and leaves no time to ask the others. */
  const ask = <Answer>(
    tasks: readonly { readonly replica: Replica; readonly run: () => Promise<Answer> }[],
  ): Promise<Answer[]> => {
    const answers: Promise<Answer>[] = [];
    for (const isHere of [false, true]) {
      tasks.forEach(({ replica, run }, i) => {
        if ((replica.isOnThisThread ?? false) === isHere) answers[i] = run();
      });
    }
    return Promise.all(answers);
  };

  /** The parts of a batch, computed at the same time by threads that exchange statistics. */
  const exchangingGradients: Replica['gradients'] = async (batch, position) => {
    const { rowOffset, batchSize } = position;
    const tree = sharesBatches()
      ? sumTreeWithin(batchSize, rowOffset, rowOffset + batch.size)
      : rowOfSlices(batch.size, rowOffset, replicas.length);
    const shares = shareTree(tree, replicas.length);
    const counts = shares.map((parts) => parts.flatMap(slicesOf).length);
    const memory = memories!.take();
    const answers = await ask(
      shares.map((parts, i) => {
        const replica = replicas[i]!;
        const rows = { start: parts[0]!.start, end: parts.at(-1)!.end };
        const group: SliceGroup | undefined =
          shares.length === 1
            ? undefined
            : {
                memory,
                threads: shares.length,
                slices: counts.reduce((sum, count) => sum + count),
                first: counts.slice(0, i).reduce((sum, count) => sum + count, 0),
                timeoutSeconds,
              };
        const compute = () =>
          replica.partGradients!(rowsOf(batch, rows, rowOffset), {
            ...position,
            rowOffset: rows.start,
            parts,
            group,
          });
        // This thread may sleep until another arrives, so it first lets the event of a thread that has ended come in.
        const start = replica.isOnThisThread ? () => pendingEvents().then(compute) : compute;
        return { replica, run: () => start().catch(causeOf) };
      }),
    );
    // Not after an error, when a thread may still use the memory.
    memories!.giveBack(memory);
    return summed(tree, shares.flat(), answers.flat());
  };

  /** The parts of a batch, each computed by itself. */
  const summedGradients: Replica['gradients'] = async (batch, position) => {
    const { rowOffset, batchSize } = position;
    const tree = sumTreeWithin(batchSize, rowOffset, rowOffset + batch.size);
    const parts = shareTree(tree, replicas.length).flatMap((own, i) =>
      own.map((part) => ({ part, replica: replicas[i]! })),
    );
    const answers = await ask(
      parts.map(({ part, replica }) => {
        const rows = rowsOf(batch, part, rowOffset);
        return { replica, run: () => replica.gradients(rows, { ...position, rowOffset: part.start }) };
      }),
    );
    return summed(
      tree,
      parts.map(({ part }) => part),
      answers,
    );
  };

  /** Logits of rows of a batch, each replica's share in their order. */
  const answers = async (
    batch: Batch,
    { rowOffset, batchSize }: BatchRows,
    askFor: (replica: Replica, slice: Batch, rows: BatchRows) => Promise<Float32Array>,
  ): Promise<Float32Array> => {
    const [start, end] = [rowOffset, rowOffset + batch.size];
    const shares = sharesBatches()
      ? runsOf(slicesWithin(batchSize, start, end), replicas.length)
      : slicesOf(rowOfSlices(batch.size, start, replicas.length));
    return concatenated(
      await ask(
        shares.map((rows, i) => {
          const replica = replicas[i]!;
          const place = { rowOffset: rows.start, batchSize };
          return { replica, run: () => askFor(replica, rowsOf(batch, rows, rowOffset), place) };
        }),
      ),
    );
  };

  return {
    model: first!.model,
    // One of several threads cannot take part in the exchange of another parallelReplica.
    wholeBatchLayer: shared?.layer,
    isOnThisThread: replicas.some(({ isOnThisThread }) => isOnThisThread),
    gradients: shared ? exchangingGradients : summedGradients,
    logits: (batch, rows = wholeOf(batch)) =>
      answers(batch, rows, (replica, slice, place) => replica.logits(slice, place)),
    sampledLogits: (batch, position) =>
      answers(batch, position, (replica, slice, place) =>
        replica.sampledLogits(slice, { ...position, ...place }),
      ),
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

/** Adds up the shares of all parts of a tree. */
const summed = (
  tree: SumTree,
  parts: readonly SumTree[],
  shares: readonly SliceGradients[],
): SliceGradients => {
  const known = new Map(parts.map((part, i) => [part, shares[i]!]));
  return sumOf(tree, (part) => known.get(part), addGradients);
};
