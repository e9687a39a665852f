import type { BatchSource, LossConfig } from '@dropout-lab/contracts';
import { accuracy } from '@dropout-lab/metrics';
import { createLoss, defaultLoss } from './losses/loss.ts';
import { type Metric, measure, requireNewNames } from './metric.ts';
import type { Replica } from './replicas/replica.ts';

/** How an evaluation can be stopped. */
export interface EvaluateOptions {
  /** Stops between batches; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is measured besides accuracy. */
export interface MeasureOptions extends EvaluateOptions {
  /** What is minimized in training; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | undefined;
  readonly metrics?: readonly Metric[] | undefined;
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

/** Mean loss (nats), accuracy (0..1) and metrics of the user's own over a source's first epoch, dropout off, as Keras's `evaluate`. */
export const evaluate = async (
  replica: Replica,
  source: BatchSource,
  { loss = defaultLoss, metrics = [], ...options }: MeasureOptions = {},
): Promise<{ loss: number; accuracy: number; [metric: string]: number }> => {
  const { logits, labels } = await predictLogits(replica, source, options);
  const numClasses = logits.length / labels.length;
  return {
    loss: createLoss(loss).mean(logits, labels, numClasses),
    accuracy: accuracy(logits, labels, numClasses),
    ...measure(requireNewNames(metrics), logits, labels, numClasses),
  };
};
