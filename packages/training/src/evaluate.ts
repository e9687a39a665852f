import type { Batch, BatchSource, LossConfig, Targets } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from './errors.ts';
import { answeredBatches, type EvaluateOptions } from './loop/answered-batches.ts';
import { accuracyKind, meanAccuracy } from './losses/accuracy.ts';
import type { CustomLoss } from './losses/custom-loss.ts';
import { regularizationLoss } from './losses/regularization.ts';
import { type Metric, measure, requireNewNames } from './metrics/metric.ts';
import { anyObjectiveOf, type Objective, objectiveOf } from './objective.ts';
import type { Replica } from './replicas/replica.ts';

/** Options of {@link evaluate}. */
export interface MeasureOptions extends EvaluateOptions {
  /** The loss that is minimized in training; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  readonly metrics?: readonly Metric[] | undefined;
}

/** A model's logits for a source's images, and their labels. */
interface Predicted<Labels extends Targets> {
  /** float32 [source.size, ..., units]. */
  readonly logits: Float32Array;
  readonly labels: Labels;
  /** Undefined where the batches have none. */
  readonly sampleWeights: Float32Array | undefined;
}

/**
 * Returns logits of shape [source.size, ..., units], dropout off, and the labels, in the type that the batches have, both in
 * the order of the source's first epoch.
 *
 * @throws TrainingError when a batch does not fit its source.
 */
export const predictLogits = async <Labels extends Targets>(
  replica: Replica,
  source: BatchSource<Labels>,
  options: EvaluateOptions = {},
): Promise<{ logits: Float32Array; labels: Labels }> => {
  const { logits, labels } = await predict(replica, source, anyObjectiveOf(replica.model), options);
  return { logits, labels };
};

const predict = async <Labels extends Targets>(
  replica: Replica,
  source: BatchSource<Labels>,
  objective: Objective,
  options: EvaluateOptions,
): Promise<Predicted<Labels>> => {
  const rowLength = objective.outputShape.reduce((product, length) => product * length, 1);
  const logits = new Float32Array(source.size * rowLength);
  let labels: Labels | undefined;
  let sampleWeights: Float32Array | undefined;
  const answer = (batch: Batch<Labels>) => replica.logits(batch);
  for await (const answered of answeredBatches(source, objective, answer, options)) {
    const { batch, index, row } = answered;
    logits.set(answered.logits, row * rowLength);
    const perRow = batch.labels.length / batch.size;
    labels ??= new (batch.labels.constructor as new (length: number) => Labels)(source.size * perRow);
    requireSameType(labels, batch.labels, index);
    labels.set(batch.labels, row * perRow);
    if (batch.sampleWeights) {
      sampleWeights ??= new Float32Array(source.size).fill(1);
      sampleWeights.set(batch.sampleWeights, row);
    }
  }
  return { logits, labels: labels!, sampleWeights };
};

/** @throws TrainingError when labels of another type than the first batch's would change by the conversion. */
const requireSameType = (labels: Targets, ofBatch: Targets, index: number): void => {
  if (labels.constructor === ofBatch.constructor) return;
  throw new TrainingError(
    `evaluation: batch ${index + 1}: labels: expected a ${labels.constructor.name} as in the first batch, found a ${ofBatch.constructor.name}: use one type for all labels`,
  );
};

/**
 * Returns the mean loss, the model's regularizers included, accuracy (0..1) where there is one, and metrics of the user's own
 * over a source's first epoch, dropout off, as Keras's `evaluate`.
 */
export const evaluate = async (
  replica: Replica,
  source: BatchSource,
  { loss, metrics = [], ...options }: MeasureOptions = {},
): Promise<{ loss: number; accuracy?: number; [metric: string]: number | undefined }> => {
  requireNewNames(metrics);
  const { model } = replica;
  const objective = objectiveOf(model, loss);
  const { head, units, outputShape } = objective;
  const { logits, labels: targets, sampleWeights } = await predict(replica, source, objective, options);
  const answers = { logits, targets, units, outputShape, activation: head.activation, rows: source.size };
  const accuracy = accuracyKind(objective.loss.name, targets, units);
  return {
    loss: objective.loss.mean({ ...answers, weights: sampleWeights }) + (await penaltyOf(model)),
    ...(accuracy && { accuracy: meanAccuracy(accuracy, answers) }),
    ...measure(metrics, logits, targets, units, head.activation),
  };
};

const penaltyOf = async (model: Replica['model']): Promise<number> => {
  const penalty = tf.tidy(() => regularizationLoss(model));
  if (penalty === undefined) return 0;
  const [value] = await penalty.data();
  penalty.dispose();
  return value!;
};
