import type { BatchSource } from '@dropout-lab/contracts';
import { accuracy, crossentropyFromLogits } from '@dropout-lab/metrics';
import type { Replica } from './replica.ts';

/** How an evaluation can be stopped. */
export interface EvaluateOptions {
  /** Stops between batches; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Logits of shape [source.size, numClasses] and the labels beside them, dropout off, in the order of the
 * source's first epoch.
 */
export const predictLogits = async (
  replica: Replica,
  source: BatchSource,
  { signal }: EvaluateOptions = {},
): Promise<{ logits: Float32Array; labels: Uint8Array }> => {
  const labels = new Uint8Array(source.size);
  let logits = new Float32Array(0);
  for (let index = 0, row = 0; index < source.batchesPerEpoch; index++) {
    signal?.throwIfAborted();
    const batch = source.batch(0, index);
    const values = await replica.logits(batch);
    const numClasses = values.length / batch.size;
    if (index === 0) logits = new Float32Array(source.size * numClasses);
    logits.set(values, row * numClasses);
    labels.set(batch.labels, row);
    row += batch.size;
  }
  return { logits, labels };
};

/** Mean crossentropy (nats) and accuracy (0..1) over a source's first epoch, dropout off, as Keras's `evaluate`. */
export const evaluate = async (
  replica: Replica,
  source: BatchSource,
  options: EvaluateOptions = {},
): Promise<{ loss: number; accuracy: number }> => {
  const { logits, labels } = await predictLogits(replica, source, options);
  const numClasses = logits.length / labels.length;
  return {
    loss: crossentropyFromLogits(logits, labels, numClasses),
    accuracy: accuracy(logits, labels, numClasses),
  };
};
