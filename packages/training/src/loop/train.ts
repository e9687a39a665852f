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
import { nextTaskWhenDue } from '../next-task.ts';
import { type Objective, objectiveOf } from '../objective.ts';
import { createReplica, type Replica, type UnreadGradients } from '../replicas/replica.ts';
import type { SliceGradients } from '../replicas/slice-gradients.ts';
import { dropoutFactorAt } from '../schedules/dropout-factor.ts';
import { scheduledRate } from '../schedules/table.ts';
import { batchesAhead } from './batches-ahead.ts';
import { lengthOf } from './length.ts';
import { createSession } from './session.ts';
import type { SessionOptions } from './training-config.ts';
import type { TrainingEnded, TrainingEvent } from './training-event.ts';
import { createUnreadSteps } from './unread-steps.ts';
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
 * finite after an update, before the next update and before any checkpoint: the last checkpoint has finite weights. On WebGPU,
 * where waiting for a number may take longer than a step, several steps are read at once, those of half a second and 16 at
 * most: their events come together, each with its own loss, and the message names the step, but the weights have been updated
 * by then; checkpoints have finite weights there too.
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
  const classWeight = requireClassWeight(config.classWeight, objective);
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

  /** Ends the run when the update of the last step has made a weight not finite. */
  const endsWith = (weight: string | undefined): boolean => {
    if (weight === undefined) return false;
    const { epoch, stepInEpoch } = session.progress;
    const message = `weight ${weight} is not finite after step ${stepInEpoch} of epoch ${epoch + 1}: try a lower learning rate`;
    session.endEarly({ reason: 'nan', message });
    return true;
  };
  const hasDiverged = async (): Promise<boolean> => endsWith(await watch.notFinite());

  /** Steps whose losses are read late, where the replica can compute without waiting for a number. */
  const unread = createUnreadSteps();
  // Metrics of the user's own need the logits of every step.
  const areReadLate = replica.unreadGradients !== undefined && metrics.length === 0;

  const batchAt = batchesAhead(source);
  let lapStart = now();
  const lapSeconds = (): number => {
    const start = lapStart;
    lapStart = now();
    return (lapStart - start) / 1000;
  };

  /** The step that has been counted last, as an event. */
  const stepEvent = (count: number, seconds: number, time: number): TrainingEvent => {
    const { epoch, stepInEpoch, step, running, learningRate } = session.progress;
    return {
      kind: 'step',
      time,
      epoch: epoch + 1,
      stepInEpoch,
      step,
      stepsPerEpoch: length.stepsOf(epoch),
      ...runningMeans(running),
      ...(metrics.length > 0 && { metrics: runningMetrics(running) }),
      learningRate,
      imagesPerSecond: count / seconds,
    };
  };

  /** Ends training when the loss of the step after those that have been counted is not finite. */
  const isLost = (lossOfBatch: number): boolean => {
    if (Number.isFinite(lossOfBatch)) return false;
    const { epoch, stepInEpoch } = session.progress;
    const message = `loss ${lossOfBatch} at step ${stepInEpoch + 1} of epoch ${epoch + 1}: try a lower learning rate`;
    session.endEarly({ reason: 'nan', message });
    return true;
  };

  /** Computes the next batch and updates the weights. A loss that is not finite ends the run without an update. */
  async function* trainStep(): AsyncGenerator<TrainingEvent, void, undefined> {
    const { epoch, learningRateScale } = session.progress;
    const stepInEpoch = session.progress.stepInEpoch + unread.length;
    const step = session.progress.step + unread.length;
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
    const toCompute = weighted(batch, classWeight);
    const computing = areReadLate
      ? replica.unreadGradients!(toCompute, position)
      : replica.gradients(toCompute, position);
    if (step + 1 < length.totalSteps) {
      batchAt(epoch + Math.floor((stepInEpoch + 1) / stepsPerEpoch), (stepInEpoch + 1) % stepsPerEpoch);
    }
    const computed: SliceGradients | UnreadGradients = await computing;
    const update = (): void => {
      try {
        session.update(computed.gradients, learningRate, step);
      } finally {
        dispose(computed.gradients);
      }
    };
    const isToBeSaved = config.checkpointEverySteps && (step + 1) % config.checkpointEverySteps === 0;
    if (isUnread(computed)) {
      update();
      const { loss: lossOfBatch, correct } = computed;
      unread.add({ loss: lossOfBatch, correct, sums: watch.sums(), count: batch.size, learningRate });
      if (unread.isFull || isToBeSaved) yield* countSteps();
      if (isToBeSaved && !session.progress.ending) yield* await session.save('last');
      return;
    }
    const { loss: lossOfBatch, correct, logits } = computed;
    // The sums were requested after the last update and are ready by now, so no step waits for them.
    if ((await hasDiverged()) || isLost(lossOfBatch)) {
      dispose(computed.gradients);
      return;
    }
    update();
    watch.update();

    const seconds = lapSeconds();
    session.advance(
      { loss: lossOfBatch, correct, count: batch.size, ...metricsOf(metrics, logits, batch, objective) },
      learningRate,
      seconds,
    );
    yield stepEvent(batch.size, seconds, now());
    if (isToBeSaved) {
      if (await hasDiverged()) return;
      yield* await session.save('last');
    }
  }

  /** Reads the numbers of steps that have updated the weights, and counts these. The first that is not finite ends the run. */
  async function* countSteps(): AsyncGenerator<TrainingEvent, void, undefined> {
    const steps = await unread.read();
    if (steps.length === 0) return;
    const seconds = lapSeconds() / steps.length;
    unread.measured(seconds);
    const end = now();
    for (const [i, { loss: lossOfBatch, correct, count, learningRate, sums }] of steps.entries()) {
      if (isLost(lossOfBatch)) return;
      session.advance({ loss: lossOfBatch, correct, count }, learningRate, seconds);
      yield stepEvent(count, seconds, end - 1000 * seconds * (steps.length - 1 - i));
      if (endsWith(await watch.notFiniteOf(sums))) return;
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
      while (session.progress.stepInEpoch + unread.length < steps && !session.progress.ending) {
        await nextTaskWhenDue();
        signal?.throwIfAborted();
        yield* trainStep();
      }
      yield* countSteps();
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
    // The weights have their updates.
    yield* countSteps();
    if (session.progress.ending?.reason === 'nan' || (await hasDiverged())) {
      const { reason, message } = session.progress.ending!;
      yield trainingEnded(reason, message);
      return;
    }
    yield* await session.save('last');
    const { epoch, stepInEpoch } = session.progress;
    const place = `in epoch ${epoch + 1} after ${stepInEpoch} of ${length.stepsOf(epoch)} steps`;
    yield trainingEnded('interrupted', `interrupted ${place}`);
  } finally {
    unread.dispose();
    session.dispose();
  }
}

const isUnread = (computed: SliceGradients | UnreadGradients): computed is UnreadGradients =>
  typeof computed.loss !== 'number';

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
