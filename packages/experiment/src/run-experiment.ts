import type { Answers, RunConfig, RunEvent, Snapshot } from '@dropout-lab/contracts';
import type { RunData } from '@dropout-lab/data';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import type { RunStore } from '@dropout-lab/runs';
import {
  type CheckpointSink,
  createReplica,
  type Replica,
  type TrainingEnded,
  train,
} from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { evaluateImages, viewsOf } from './evaluate-images.ts';
import { initializeRun } from './initialize-run.ts';
import { type ReplicaStarter, workersFor } from './replica-starter.ts';

/** A run's configuration and data, the place where it is kept, and the replicas that compute it. */
export interface ExperimentOptions {
  readonly config: RunConfig;
  /** The images, cut into batches as the configuration says. */
  readonly data: RunData;
  /**
   * Opens the place where the run is kept: the first thing that is written, once all else has been checked. An error that
   * it throws is passed on, and nothing is trained.
   */
  readonly open: (prepared: PreparedRun) => OpenedRun | Promise<OpenedRun>;
  /** The replicas that share each batch; this thread alone when left out. */
  readonly replicas?:
    | {
        /** A model with a layer that needs the whole batch always has one. */
        readonly count: number;
        readonly start: ReplicaStarter;
      }
    | undefined;
  /** Ends the run before the next step, or the next batch of images that it is measured by, to be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970, for the events' times; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

/** A run that is ready to begin, on a started backend. */
export interface PreparedRun {
  /** With its initial weights; disposed when the run ends. */
  readonly model: LayersModel;
  /** Replicas that will share each batch: part of the numbers on some backends, so part of the manifest. */
  readonly workers: number;
}

/** The place where a run is kept, and where training continues. */
export interface OpenedRun {
  /** Closed when the run ends, whichever way. */
  readonly run: RunStore;
  /**
   * Continues where this snapshot was taken, to the bit, on the same backend with its kernels; on other backends than wasm and
   * cpu also with as many workers.
   */
  readonly resumeFrom?: Snapshot | undefined;
}

/**
 * Runs a configuration from its model's initial weights, or from a snapshot, to the metrics on the test images, and
 * leaves all of it where the run is kept: the same in Node and in a browser. Yields every event when it has been kept;
 * the next step waits until it has been taken. A run that has completed or stopped early is evaluated. `run-ended` is
 * the last event, so that a run that is killed in its evaluation can be resumed to do it again.
 *
 * An error ends the run with the reason `failed`, which is an event too, and is then thrown.
 *
 * @throws ModelError when the model cannot be built; what `open` throws; what `train` of @dropout-lab/training throws;
 *   RunDirectoryError when the run cannot be written.
 */
export async function* runExperiment(options: ExperimentOptions): AsyncGenerator<RunEvent, void, undefined> {
  const { config, open, replicas: { count, start } = thisThread, now = Date.now } = options;
  const model = buildModel(modelSpecOf(config), config.seed);
  try {
    const workers = workersFor(model, count);
    const { run, resumeFrom } = await open({ model, workers });
    if (resumeFrom === undefined) initializeRun(model, config, options.data);
    const startReplica = () => start(model, workers);
    try {
      yield* recorded(
        eventsOf({ ...options, now, model, workers, startReplica, run, resumeFrom }),
        run,
        resumeFrom,
        now,
      );
    } finally {
      await run.close();
    }
  } finally {
    model.dispose();
  }
}

const thisThread: NonNullable<ExperimentOptions['replicas']> = {
  count: 1,
  start: async (model) => createReplica(model),
};

interface OngoingRun extends OpenedRun, Pick<ExperimentOptions, 'config' | 'data' | 'signal'> {
  readonly model: LayersModel;
  readonly workers: number;
  readonly startReplica: () => Promise<Replica>;
  readonly now: () => number;
}

/** Trains and evaluates; yields the events. */
async function* eventsOf(ongoing: OngoingRun): AsyncGenerator<RunEvent, void, undefined> {
  const { model, config, data, workers, startReplica, run, resumeFrom, signal, now } = ongoing;
  const replica = await startReplica();
  try {
    const training = train({
      model,
      config: { ...config, classWeight: data.classWeight },
      train: data.train,
      validation: data.validation,
      replica,
      checkpoints: checkpointsIn(run, model),
      resumeFrom,
      signal,
      now,
    });
    for await (const event of training) {
      if (event.kind === 'training-ended') yield* endRun(event, replica, ongoing);
      else if (event.kind === 'run-resumed') yield { ...event, workers };
      else yield event;
      if (event.kind !== 'run-started') continue;
      for (const message of data.warnings ?? []) yield { kind: 'warning', time: now(), message };
    }
  } finally {
    replica.dispose();
  }
}

const checkpointsIn = (run: RunStore, model: LayersModel): CheckpointSink => {
  const modelTopology = model.toJSON(null, false) as object;
  return { save: (name, snapshot) => run.saveCheckpoint(name, { modelTopology, snapshot }) };
};

/** Evaluates a run that has trained to its end, then ends it. */
async function* endRun(
  training: TrainingEnded,
  replica: Replica,
  { config, data, run, signal, now }: OngoingRun,
): AsyncGenerator<RunEvent, void, undefined> {
  let { reason, message } = training;
  if (reason === 'completed' || reason === 'early_stopping') {
    try {
      const { report, predictions } = await evaluateImages(replica, data.test, data.classNames, {
        signal,
        views: viewsOf(config),
      });
      const validation =
        data.validation && (await answersOf(replica, data.validation, data.classNames, signal));
      await run.writeEvaluation(report);
      await run.writePredictions({ ...predictions, ...(validation && { validation }) });
      const { loss, accuracy } = report;
      yield { kind: 'evaluated', time: now(), split: 'test', loss, accuracy };
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      [reason, message] = ['interrupted', 'interrupted in the evaluation on the test images'];
    }
  }
  yield { ...training, kind: 'run-ended', time: now(), reason, message };
}

/** The images as they are, as validation sees them. */
const answersOf = async (
  replica: Replica,
  images: NonNullable<RunData['validation']>,
  classNames: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answers> => {
  const { predictions } = await evaluateImages(replica, images, classNames, { signal });
  return { labels: predictions.labels, predicted: predictions.predicted };
};

/** Passes events on, each when it has been kept. An error ends the run, as far as that can still be written. */
async function* recorded(
  events: AsyncIterable<RunEvent>,
  run: RunStore,
  resumeFrom: Snapshot | undefined,
  now: () => number,
): AsyncGenerator<RunEvent, void, undefined> {
  let { epoch, step } = resumeFrom?.progress ?? { epoch: 0, step: 0 };
  try {
    for await (const event of events) {
      run.append(event);
      if (event.kind === 'step') [epoch, step] = [event.epoch - 1, event.step];
      else if (event.kind === 'epoch') epoch = event.epoch;
      yield event;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const end: RunEvent = { kind: 'run-ended', time: now(), reason: 'failed', epoch, step, message };
    try {
      run.append(end);
    } catch {
      // The first error says more.
    }
    yield end;
    throw error;
  }
}
