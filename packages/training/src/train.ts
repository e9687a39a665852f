import type { BatchSource, EpochLogs, RunEndReason, RunEvent, Snapshot } from '@dropout-lab/contracts';
import { runningMeans } from '@dropout-lab/metrics';
import { applyConstraints } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { evaluate } from './evaluate.ts';
import { createReplica, type Replica } from './replica.ts';
import { learningRateAt } from './schedule.ts';
import { createSession, type SessionOptions } from './session.ts';

export interface TrainOptions extends SessionOptions {
  readonly train: BatchSource;
  /** Evaluated at each epoch's end, dropout off; none when left out. */
  readonly validation?: BatchSource | undefined;
  /** Computes the gradients; this thread's backend when left out. The caller disposes one that it gives. */
  readonly replica?: Replica | undefined;
  /** Goes on where this snapshot was taken: to the bit, on the same backend. */
  readonly resumeFrom?: Snapshot | undefined;
  /** Ends the run at the next step with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains a model: for each batch gradients, the optimizer's update, then the weights' constraints, which stock
 * `model.fit` forgets. Yields an event for all that happens; the next step waits until the last event has been
 * taken. Figures are Keras's: training loss and accuracy are means over the epoch so far with dropout on,
 * validation is at the epoch's end with dropout off.
 *
 * A loss that is no longer finite ends the run before it reaches the weights, with the reason `nan`.
 *
 * @throws TrainingError when the snapshot does not fit the model or the configuration.
 */
export async function* train(options: TrainOptions): AsyncGenerator<RunEvent, void, undefined> {
  const { model, config, train: source, validation, signal, resumeFrom, now = Date.now } = options;
  const replica = options.replica ?? createReplica(model);
  const stepsPerEpoch = source.batchesPerEpoch;
  const session = createSession(options);
  const end = (reason: RunEndReason, message: string): RunEvent => {
    const { epoch, step } = session.progress;
    return { kind: 'run-ended', time: now(), reason, epoch, step, message };
  };

  try {
    if (resumeFrom) {
      const { epoch, step } = session.restore(resumeFrom);
      yield { kind: 'run-resumed', time: now(), epoch, step };
    } else {
      yield { kind: 'run-started', time: now(), epochs: config.epochs, stepsPerEpoch };
    }

    while (session.progress.epoch < config.epochs && session.stopMessage === undefined) {
      const epoch = session.progress.epoch + 1;
      let lapStart = now();
      const lapSeconds = (): number => {
        const start = lapStart;
        lapStart = now();
        return (lapStart - start) / 1000;
      };

      for (let index = session.progress.stepInEpoch; index < stepsPerEpoch; index++) {
        if (signal?.aborted) {
          yield* await session.save('last');
          yield end('interrupted', `interrupted in epoch ${epoch} after ${index} of ${stepsPerEpoch} steps`);
          return;
        }
        const { step, learningRateScale } = session.progress;
        const batch = source.batch(epoch - 1, index);
        const position = { step, rowOffset: 0, batchSize: batch.size };
        const { loss, correct, gradients } = await replica.gradients(batch, position);
        if (!Number.isFinite(loss)) {
          tf.dispose(gradients);
          yield end('nan', `loss ${loss} at step ${index + 1} of epoch ${epoch}: try a lower learning rate`);
          return;
        }
        const { learningRate: initialRate } = config.optimizer;
        const learningRate = learningRateAt(config.schedule, initialRate, step) * learningRateScale;
        session.optimizer.update(gradients, learningRate, step);
        tf.dispose(gradients);
        applyConstraints(model);

        const seconds = lapSeconds();
        const { running } = session.advance({ loss, correct, count: batch.size }, learningRate, seconds);
        yield {
          kind: 'step',
          time: now(),
          epoch,
          step: step + 1,
          stepInEpoch: index + 1,
          stepsPerEpoch,
          ...runningMeans(running),
          learningRate,
          imagesPerSecond: batch.size / seconds,
        };
        if (config.checkpointEverySteps && (step + 1) % config.checkpointEverySteps === 0) {
          yield* await session.save('last');
        }
      }

      const logs: EpochLogs = runningMeans(session.progress.running);
      if (validation) {
        yield { kind: 'validating', time: now(), epoch };
        const { loss, accuracy } = await evaluate(replica, validation);
        Object.assign(logs, { val_loss: loss, val_accuracy: accuracy });
      }
      const { step, learningRate, epochSeconds } = session.progress;
      const seconds = epochSeconds + lapSeconds();
      yield { kind: 'epoch', time: now(), epoch, step, logs, learningRate, seconds };
      yield* await session.endEpoch(logs);
      yield* await session.save('last');
    }

    yield* await session.endTraining();
    yield session.stopMessage === undefined
      ? end('completed', `${config.epochs} epochs`)
      : end('early_stopping', session.stopMessage);
  } finally {
    session.dispose();
  }
}
