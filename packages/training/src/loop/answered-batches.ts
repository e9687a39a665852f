import type { Batch, BatchSource, Targets } from '@dropout-lab/contracts';
import { raceSignal } from 'race-signal';
import { requireBatch } from '../checks/require-batch.ts';
import { nextTaskWhenDue } from '../next-task.ts';
import type { Objective } from '../objective.ts';
import { batchesAhead } from './batches-ahead.ts';

/** Options of everything that answers a source's images. */
export interface EvaluateOptions {
  /** Stops between batches; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a batch has been answered, with the number of its images. */
  readonly onBatch?: ((images: number) => void) | undefined;
}

/** A batch with a model's logits of it. */
interface AnsweredBatch<Labels extends Targets> {
  readonly batch: Batch<Labels>;
  /** From 0. */
  readonly index: number;
  /** Of its first image, among all. */
  readonly row: number;
  readonly logits: Float32Array;
}

/**
 * Yields the batches of a source's first epoch with their logits. The next batch is prepared while one is answered.
 *
 * @param answer Begins to compute the logits of a batch, the index of its first image given.
 * @throws TrainingError when a batch does not fit its source.
 */
export async function* answeredBatches<Labels extends Targets>(
  source: BatchSource<Labels>,
  objective: Objective,
  answer: (batch: Batch<Labels>, row: number) => Promise<Float32Array>,
  { signal, onBatch }: EvaluateOptions,
): AsyncGenerator<AnsweredBatch<Labels>, void, undefined> {
  const batchAt = batchesAhead(source);
  for (let index = 0, row = 0; index < source.batchesPerEpoch; index++) {
    await nextTaskWhenDue();
    signal?.throwIfAborted();
    const batch = await raceSignal(Promise.resolve(batchAt(0, index)), signal);
    requireBatch(batch, source, objective, { name: 'evaluation', epoch: 0, index });
    const logits = answer(batch, row);
    if (index + 1 < source.batchesPerEpoch) batchAt(0, index + 1);
    yield { batch, index, row, logits: await logits };
    row += batch.size;
    onBatch?.(batch.size);
  }
}
