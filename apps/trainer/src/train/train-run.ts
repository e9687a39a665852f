import { epochsOf, type RunConfig, type RunEndReason, type RunEvent } from '@dropout-lab/contracts';
import { runExperiment } from '@dropout-lab/experiment';
import type { RunDirectory } from '@dropout-lab/runs/node';
import { epochLine, formatMetric, stepLine } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import type { LiveBoard } from '../tensorboard/live-board.ts';
import { createEta } from './eta.ts';
import type { RunToTrain } from './open-run.ts';

/** A run that has ended. */
export interface EndedRun {
  /** An interrupted run can be resumed. */
  readonly reason: RunEndReason;
  /** Its directory. */
  readonly path: string;
}

/**
 * Opens a run, trains it, evaluates it on the test images and closes it.
 *
 * @throws What `runExperiment` throws; the run's checkpoints are kept.
 */
export const trainRun = async (
  { config, data, replicas, open, tensorboard }: RunToTrain,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EndedRun> => {
  let directory: RunDirectory | undefined;
  const events = runExperiment({
    config,
    data,
    replicas,
    open: async (prepared) => {
      const opened = await open(prepared);
      directory = opened.run;
      const { model, workers } = prepared;
      const { trainImages, validationImages } = data.description;
      reporter.line(
        `Training on ${trainImages} images, validating on ${validationImages}: ${model.countParams()} parameters, seed ${config.seed}, ${workers} ${workers === 1 ? 'thread' : 'threads'}`,
      );
      reporter.line(`Run: ${directory.path}`);
      return opened;
    },
    signal,
  });
  const report = createEventReporter(config, epochsOf(config, data.train.batchesPerEpoch), reporter);
  let reason: RunEndReason | undefined;
  let board: LiveBoard | undefined;
  for await (const event of events) {
    reporter.event(event);
    report(event);
    if (tensorboard !== undefined) {
      board ??= (await import('../tensorboard/live-board.ts')).liveBoard(
        tensorboard,
        directory!,
        reporter.line,
      );
      if (event.kind === 'run-started' || event.kind === 'run-resumed')
        await board.begin((await directory!.readEvents()).events);
      else await board.add(event);
    }
    if (event.kind === 'run-ended') reason = event.reason;
  }
  return { reason: reason!, path: directory!.path };
};

/** Reports each event in a line for a person. */
const createEventReporter = (
  { maxSteps, testTimeAugmentation }: RunConfig,
  epochs: number,
  reporter: Reporter,
): ((event: RunEvent) => void) => {
  const views = testTimeAugmentation === 'none' ? '' : ` (${testTimeAugmentation})`;
  const estimate = createEta(epochs, maxSteps);
  return (event) => {
    const etaSeconds = estimate(event);
    switch (event.kind) {
      case 'run-resumed':
        return reporter.line(`Resumed after epoch ${event.epoch}, step ${event.step}`);
      case 'warning':
        return reporter.line(`Warning: ${event.message}`);
      case 'step':
        return reporter.progress(stepLine(event, epochs, etaSeconds));
      case 'validating':
        return reporter.progress(`Epoch ${event.epoch}/${epochs} validating`);
      case 'epoch':
        return reporter.line(epochLine(event, epochs));
      case 'evaluated':
        return reporter.line(
          `Test loss: ${formatMetric(event.loss)} / Test accuracy: ${formatMetric(event.accuracy)}${views}`,
        );
      case 'run-ended':
        // The error of a failed run is thrown too, and printed then.
        if (event.reason !== 'completed' && event.reason !== 'failed')
          reporter.line(`Stopped: ${event.message}`);
        return;
    }
  };
};
