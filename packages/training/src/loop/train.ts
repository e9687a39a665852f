import type { Batch, BatchSource, EpochLogs, RunEndReason, Snapshot } from '@dropout-lab/contracts';
import { runningMeans, runningMetrics } from '@dropout-lab/metrics';
import { applyConstraints } from '@dropout-lab/model';
import { dispose } from '@tensorflow/tfjs-core';
import { raceSignal } from 'race-signal';
import { lossOf } from '../checks/compiled.ts';
import { requireBatch } from '../checks/require-batch.ts';
import { requireHonoured } from '../checks/require-honoured.ts';
import { requireEpochs, requireRate, requireReplicaOf, requireSource } from '../checks/require-options.ts';
import { TrainingError } from '../errors.ts';
import { evaluate } from '../evaluate.ts';
import { requireClassWeight, weighted } from '../losses/class-weight.ts';
import { type Metric, measure, requireNewNames } from '../metrics/metric.ts';
import { type Objective, objectiveOf } from '../objective.ts';
import { createReplica, type Replica } from '../replicas/replica.ts';
import { learningRateAt } from '../schedules/schedule.ts';
import { batchesAhead } from './batches-ahead.ts';
import { createSession } from './session.ts';
import type { SessionOptions } from './training-config.ts';
import type { TrainingEnded, TrainingEvent } from './training-event.ts';
import { watchWeights } from './weight-watch.ts';

/** What is trained, on what, and where it goes on. */
export interface TrainOptions extends SessionOptions {
  readonly train: BatchSource;
  /** Evaluated at each epoch's end, dropout off; none when left out. */
  readonly validation?: BatchSource | undefined;
  /** Computes the gradients; this thread's backend when left out. The caller disposes one that it gives. */
  readonly replica?: Replica | undefined;
  /** Goes on where this snapshot was taken: to the bit, on the same backend with as many replicas. */
  readonly resumeFrom?: Snapshot | undefined;
  /** Ends the run before the next step, or the next batch of validation, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains a model, whatever its layers: what it carries and training would not honour is refused by name before the first
 * step (docs/honoured.md). For each batch gradients, the optimizer's update, then the weights' constraints, which stock
 * `model.fit` forgets. Yields an event for all that happens, `training-ended` last; the next step waits until the last
 * event has been taken. Figures are Keras's: training loss and accuracy are means over the epoch so far with dropout on,
 * validation is at the epoch's end with dropout off. Both losses are with what the model's regularizers add.
 *
 * A loss that is no longer finite ends training before it reaches the weights, with the reason `nan`; so does a weight that is
 * not after an update, before the next one and before any checkpoint: the last checkpoint is from before.
 *
 * @throws TrainingError when something of the model, the batches or the configuration cannot be honoured, or the snapshot
 *   does not fit the configuration; ModelError when the snapshot's weights do not fit the model.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const { model, config, train: source, validation, signal, resumeFrom, now = Date.now } = options;
  const metrics = requireNewNames(options.metrics ?? []);
  const loss = lossOf(model, config);
  const objective = objectiveOf(model, loss);
  requireHonoured(model);
  requireClassWeight(config.classWeight, objective);
  requireSource(model, source, 'train');
  if (validation) requireSource(model, validation, 'validation');
  const replica = options.replica ?? createReplica(model);
  requireReplicaOf(model, replica);
  requireEpochs(config.epochs);
  const stepsPerEpoch = source.batchesPerEpoch;
  const session = createSession(options);
  const watch = watchWeights(model);

  /** Whether the last update left a weight that is not finite, which ends the run. */
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

  /** One batch's update; none when its loss is not finite, which ends the run. */
  async function* trainStep(): AsyncGenerator<TrainingEvent, void, undefined> {
    const { epoch, stepInEpoch, step, learningRateScale } = session.progress;
    const scheduled = requireRate(learningRateAt(config.schedule, config.optimizer.learningRate, step), step);
    const learningRate = scheduled * learningRateScale;
    const place = { name: 'train', epoch, index: stepInEpoch };
    const batch = requireBatch(
      await raceSignal(Promise.resolve(batchAt(epoch, stepInEpoch)), signal),
      source,
      objective,
      place,
    );
    const withLogits = metrics.length > 0;
    const position = { step, rowOffset: 0, batchSize: batch.size, loss, withLogits };
    const computing = replica.gradients(weighted(batch, config.classWeight), position);
    if (step + 1 < config.epochs * stepsPerEpoch) {
      batchAt(epoch + Math.floor((stepInEpoch + 1) / stepsPerEpoch), (stepInEpoch + 1) % stepsPerEpoch);
    }
    const { loss: lossOfBatch, correct, gradients, logits } = await computing;
    const at = { epoch: epoch + 1, stepInEpoch: stepInEpoch + 1 };
    // Asked for with the last update, and read by now: no step waits for it.
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
      session.optimizer.update(gradients, learningRate, step);
    } finally {
      dispose(gradients);
    }
    applyConstraints(model);
    watch.look();

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
      stepsPerEpoch,
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

  /** Validation, the callbacks and a checkpoint, after an epoch's last step. */
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
      yield { kind: 'run-started', time: now(), epochs: config.epochs, stepsPerEpoch };
    }
    while (session.progress.epoch < config.epochs && !session.progress.ending) {
      lapStart = now();
      while (session.progress.stepInEpoch < stepsPerEpoch && !session.progress.ending) {
        signal?.throwIfAborted();
        yield* trainStep();
      }
      if (!session.progress.ending) yield* endEpoch();
    }
    yield* await session.endTraining();
    const { reason, message } = session.progress.ending ?? {
      reason: 'completed',
      message: `${config.epochs} epochs`,
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
    const place = `in epoch ${epoch + 1} after ${stepInEpoch} of ${stepsPerEpoch} steps`;
    yield trainingEnded('interrupted', `interrupted ${place}`);
  } finally {
    session.dispose();
  }
}

/** The metrics of a batch, from the logits that its gradients were computed with. */
const metricsOf = (
  metrics: readonly Metric[],
  logits: Float32Array | undefined,
  { labels }: Batch,
  { units, head }: Objective,
): { metrics?: Record<string, number> } => {
  if (metrics.length === 0) return {};
  if (logits === undefined) {
    throw new TrainingError(
      'metrics: expected the logits of the batch, found none: give them with the gradients where withLogits asks for them, in the replica',
    );
  }
  return { metrics: measure(metrics, logits, labels, units, head.activation) };
};
