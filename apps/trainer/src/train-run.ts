import type { RunEndReason, RunEvent } from '@dropout-lab/contracts';
import { evaluateLogits, predictionsOf } from '@dropout-lab/metrics';
import type { RunDirectory } from '@dropout-lab/runs/node';
import {
  type CheckpointSink,
  predictLogits,
  type Replica,
  type TrainingEnded,
  train,
} from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { createEta } from './eta.ts';
import { epochLine, figure, stepLine } from './format.ts';
import type { OpenRun } from './open-run.ts';
import { startReplicas } from './replicas.ts';
import type { Reporter } from './reporter.ts';

/**
 * Trains a run that is open, evaluates it on the test images and closes it.
 *
 * @returns Why it ended; an interrupted run can be resumed.
 */
export const trainRun = async (
  run: OpenRun,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunEndReason> => {
  const { directory, model, data } = run;
  const { config, backend } = directory.manifest;
  const { trainImages, validationImages } = data.description;
  reporter.line(
    `Training on ${trainImages} images, validating on ${validationImages}: ${model.countParams()} parameters, seed ${config.seed}, ${backend.workers} ${backend.workers === 1 ? 'thread' : 'threads'}`,
  );
  reporter.line(`Run: ${directory.path}`);
  try {
    const replica = await startReplicas(model, {
      count: backend.workers,
      backend: backend.name,
      config,
    });
    try {
      return await trainAndEvaluate(run, replica, reporter, signal);
    } finally {
      replica.dispose();
    }
  } finally {
    model.dispose();
    await directory.close();
  }
};

const trainAndEvaluate = async (
  { directory, model, data, resumeFrom }: OpenRun,
  replica: Replica,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunEndReason> => {
  const { config } = directory.manifest;
  const tell = createTeller(config.epochs, reporter);
  const record = (event: RunEvent): void => {
    directory.append(event);
    reporter.event(event);
    tell(event);
  };

  let end: TrainingEnded | undefined;
  const events = train({
    model,
    config,
    train: data.train,
    validation: data.validation,
    replica,
    checkpoints: checkpointsIn(directory, model),
    resumeFrom,
    signal,
  });
  for await (const event of events) {
    if (event.kind === 'training-ended') end = event;
    else record(event);
  }

  // The end is written last, so that a run killed during its evaluation can be resumed to do it again.
  if (end!.reason === 'completed' || end!.reason === 'early_stopping') {
    const { logits, labels } = await predictLogits(replica, data.test, { signal });
    const report = evaluateLogits(logits, labels, data.classNames);
    await directory.writeEvaluation(report);
    await directory.writePredictions(predictionsOf(logits, labels, data.classNames.length));
    const { loss, accuracy } = report;
    record({ kind: 'evaluated', time: Date.now(), split: 'test', loss, accuracy });
  }
  record({ ...end!, kind: 'run-ended', time: Date.now() });
  return end!.reason;
};

const checkpointsIn = (directory: RunDirectory, model: LayersModel): CheckpointSink => {
  const modelTopology = model.toJSON(null, false) as object;
  return { save: (name, snapshot) => directory.saveCheckpoint(name, { modelTopology, snapshot }) };
};

/** Says what a person wants to know of each event. */
const createTeller = (epochs: number, reporter: Reporter): ((event: RunEvent) => void) => {
  const estimate = createEta(epochs);
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
        return reporter.line(`Test loss: ${figure(event.loss)} / Test accuracy: ${figure(event.accuracy)}`);
      case 'run-ended':
        if (event.reason !== 'completed') reporter.line(`Stopped: ${event.message}`);
        return;
    }
  };
};
