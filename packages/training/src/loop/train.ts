import type { Batch, BatchSource, EpochLogs, RunEndReason, Snapshot } from '@dropout-lab/contracts';
import { runningMeans, runningMetrics } from '@dropout-lab/metrics';
import { dispose } from '@tensorflow/tfjs-core';
import { raceSignal } from 'race-signal';
import { completeConfig } from '../checks/complete-config.ts';
import { lossOf } from '../checks/loss-of-compiled.ts';
import { requireBatch } from '../checks/require-batch.ts';
import { requireHonoured } from '../checks/require-honoured.ts';
import { requireInitialized } from '../checks/require-initialized.ts';
import {
  requireDropout,
  requireEpochs,
  requireRate,
  requireReplicaOf,
  requireSource,
} from '../checks/require-options.ts';
import { TrainingError } from '../errors.ts';
import { evaluate } from '../evaluate.ts';
import { requireClassWeight, weighted } from '../losses/class-weight.ts';
import { type Metric, measure, requireNewNames } from '../metrics/metric.ts';
import { type Objective, objectiveOf } from '../objective.ts';
import { createReplica, type Replica } from '../replicas/replica.ts';
import { dropoutFactorAt } from '../schedules/dropout-factor.ts';
import { scheduledRate } from '../schedules/table.ts';
import { batchesAhead } from './batches-ahead.ts';
import { lengthOf } from './length.ts';
import { createSession } from './session.ts';
import type { SessionOptions } from './training-config.ts';
import type { TrainingEnded, TrainingEvent } from './training-event.ts';
import { watchWeights } from './weight-watch.ts';

/** Options of {@link train}. */
export interface TrainOptions extends SessionOptions {
  readonly train: BatchSource;
  /** Evaluated at each epoch's end, dropout off; none when left out. */
  readonly validation?: BatchSource | undefined;
  /** Computes the gradients; this thread's backend when left out. The caller disposes one that it gives. */
  readonly replica?: Replica | undefined;
  /**
   * Resumes from this snapshot: to the bit, on the same backend. On tfjs-node also with the same number
   * of replicas.
   */
  readonly resumeFrom?: Snapshot | undefined;
  /** Ends the run before the next step, or the next batch of validation, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains a model with any layers: properties that training would not honour are refused by name before the first step
 * (docs/honoured.md). Each batch is a step: gradients, the optimizer's update, then the weights' constraints, which stock
 * `model.fit` never applies. Yields an event for everything that happens, `training-ended` last; the next step waits until
 * the last event has been taken. Metrics are Keras's: training loss and accuracy are means over the epoch so far with dropout on,
 * validation is at the epoch's end with dropout off. Both losses include the penalties of the model's regularizers.
 *
 * A loss that is not finite ends training before it reaches the weights, with the reason `nan`. So does a weight that is not
 * finite after an update, before the next update and before any checkpoint: the last checkpoint has finite weights.
 *
 * @throws TrainingError when a property of the model, the batches or the configuration cannot be honoured, or the snapshot
 *   does not fit the configuration; ModelError when the snapshot's weights do not fit the model.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const { model, train: source, validation, signal, resumeFrom, now = Date.now } = options;
  const config = completeConfig(options.config);
  const metrics = requireNewNames(options.metrics ?? []);
  const loss = lossOf(model, config);
  const objective = objectiveOf(model, loss);
  requireHonoured(model);
  if (resumeFrom === undefined) requireInitialized(model);
  requireClassWeight(config.classWeight, objective);
  requireSource(model, source, 'train');
  if (validation) requireSource(model, validation, 'validation');
  const replica = options.replica ?? createReplica(model);
  requireReplicaOf(model, replica);
  requireEpochs(config.epochs);
  requireDropout(model, config.dropoutSchedule);
  const stepsPerEpoch = source.batchesPerEpoch;
  const length = lengthOf(config, stepsPerEpoch);
  const session = createSession({ ...options, config, length });
  const watch = watchWeights(model);

  /** Whether the last update made a weight not finite, which ends the run. */
  const hasDiverged = async (): Promise<boolean> => {
    const weight = await watch.notFinite();
    if (weight === undefined) return false;
    const { epoch, stepInEpoch } = session.progress;
    const message = `weight ${weight} is not finite after step ${stepInEpoch} of epoch ${epoch + 1}: try a lower learning rate`;
    session.endEarly({ reason: 'nan', message });
    return true;
  };

  const batchAt = batchesAhead(source);
  let lapStart = now();
  const lapSeconds = (): number => {
    const start = lapStart;
    lapStart = now();
    return (lapStart - start) / 1000;
  };

  /** Trains one batch. A loss that is not finite ends the run without an update. */
  async function* trainStep(): AsyncGenerator<TrainingEvent, void, undefined> {
    const { epoch, stepInEpoch, step, learningRateScale } = session.progress;
    const { schedule, optimizer } = config;
    const rate = scheduledRate(schedule, optimizer.learningRate, step, length.totalSteps);
    const scheduled = requireRate(rate, step);
    const learningRate = scheduled * learningRateScale;
    const place = { name: 'train', epoch, index: stepInEpoch };
    const batch = requireBatch(
      await raceSignal(Promise.resolve(batchAt(epoch, stepInEpoch)), signal),
      source,
      objective,
      place,
    );
    const withLogits = metrics.length > 0;
    const rateFactor = dropoutFactorAt(config.dropoutSchedule, step, length.totalSteps);
    const position = { step, rowOffset: 0, batchSize: batch.size, loss, withLogits, rateFactor };
    const computing = replica.gradients(weighted(batch, config.classWeight), position);
    if (step + 1 < length.totalSteps) {
      batchAt(epoch + Math.floor((stepInEpoch + 1) / stepsPerEpoch), (stepInEpoch + 1) % stepsPerEpoch);
    }
    const { loss: lossOfBatch, correct, gradients, logits } = await computing;
    const at = { epoch: epoch + 1, stepInEpoch: stepInEpoch + 1 };
    // The sums were requested after the last update and are ready by now, so no step waits for them.
    if (await hasDiverged()) {
      dispose(gradients);
      return;
    }
    if (!Number.isFinite(lossOfBatch)) {
      dispose(gradients);
      const message = `loss ${lossOfBatch} at step ${at.stepInEpoch} of epoch ${at.epoch}: try a lower learning rate`;
      session.endEarly({ reason: 'nan', message });
      return;
    }
    try {
      session.update(gradients, learningRate);
    } finally {
      dispose(gradients);
    }
    watch.update();

    const seconds = lapSeconds();
    const { running } = session.advance(
      { loss: lossOfBatch, correct, count: batch.size, ...metricsOf(metrics, logits, batch, objective) },
      learningRate,
      seconds,
    );
    yield {
      kind: 'step',
      time: now(),
      ...at,
      step: step + 1,
      stepsPerEpoch: length.stepsOf(epoch),
      ...runningMeans(running),
      ...(metrics.length > 0 && { metrics: runningMetrics(running) }),
      learningRate,
      imagesPerSecond: batch.size / seconds,
    };
    if (config.checkpointEverySteps && (step + 1) % config.checkpointEverySteps === 0) {
      if (await hasDiverged()) return;
      yield* await session.save('last');
    }
  }

  /** Runs validation, the callbacks and a checkpoint after an epoch's last step. */
  async function* endEpoch(): AsyncGenerator<TrainingEvent, void, undefined> {
    if (await hasDiverged()) return;
    const { step, learningRate, epochSeconds, running } = session.progress;
    const epoch = session.progress.epoch + 1;
    const logs: EpochLogs = { ...runningMeans(running), ...runningMetrics(running) };
    if (validation) {
      yield { kind: 'validating', time: now(), epoch };
      const measured = await evaluate(replica, validation, { signal, loss, metrics });
      for (const [name, value] of Object.entries(measured)) logs[`val_${name}`] = value;
    }
    const seconds = epochSeconds + lapSeconds();
    yield { kind: 'epoch', time: now(), epoch, step, logs, learningRate, seconds };
    yield* await session.endEpoch(logs);
    yield* await session.save('last');
  }

  const trainingEnded = (reason: RunEndReason, message: string): TrainingEnded => {
    const { epoch, step } = session.progress;
    return { kind: 'training-ended', time: now(), reason, epoch, step, message };
  };

  try {
    if (resumeFrom) {
      const warnings = session.restore(resumeFrom);
      const { epoch, step } = session.progress;
      yield { kind: 'run-resumed', time: now(), epoch, step };
      yield* warnings;
    } else {
      yield { kind: 'run-started', time: now(), epochs: length.epochs, stepsPerEpoch };
    }
    while (session.progress.epoch < length.epochs && !session.progress.ending) {
      lapStart = now();
      const steps = length.stepsOf(session.progress.epoch);
      while (session.progress.stepInEpoch < steps && !session.progress.ending) {
        signal?.throwIfAborted();
        yield* trainStep();
      }
      if (!session.progress.ending) yield* endEpoch();
    }
    yield* await session.endTraining();
    const { reason, message } = session.progress.ending ?? {
      reason: 'completed',
      message: config.maxSteps === null ? `${config.epochs} epochs` : `${length.totalSteps} steps`,
    };
    yield trainingEnded(reason, message);
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    if (await hasDiverged()) {
      const { reason, message } = session.progress.ending!;
      yield trainingEnded(reason, message);
      return;
    }
    yield* await session.save('last');
    const { epoch, stepInEpoch } = session.progress;
    const place = `in epoch ${epoch + 1} after ${stepInEpoch} of ${length.stepsOf(epoch)} steps`;
    yield trainingEnded('interrupted', `interrupted ${place}`);
  } finally {
    session.dispose();
  }
}

/** Returns the metrics of a batch, from the logits that its gradients were computed with. */
const metricsOf = (
  metrics: readonly Metric[],
  logits: Float32Array | undefined,
  { labels }: Batch,
  { units, head }: Objective,
): { metrics?: Record<string, number> } => {
  if (metrics.length === 0) return {};
  if (logits === undefined) {
    throw new TrainingError(
      'metrics: expected the logits of the batch, found none: the replica has to return them with the gradients when withLogits is true',
    );
  }
  return { metrics: measure(metrics, logits, labels, units, head.activation) };
};
