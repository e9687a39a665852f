import { type BrowserBackendChoice, defaultWorkers, describeHardware } from '@dropout-lab/backend/browser';
import type { DatasetChoice, Predictions, RunConfig, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { type LoadedDataset, prepareRunData } from '@dropout-lab/data';
import { type ReplicaStarter, runExperiment } from '@dropout-lab/experiment';
import {
  createMemoryRun,
  decodeRun,
  type MemoryRun,
  newRunManifest,
  type RunContents,
} from '@dropout-lab/runs';
import { transfer } from 'comlink';
import { zipSync } from 'fflate';
import { raceSignal } from 'race-signal';
import viewer from '../../../../package.json' with { type: 'json' };
import type { ImageOrigin } from '../../images/origin.ts';
import { type KeptRun, keptFilesOf } from '../../kept/kept-runs.ts';
import { keptStore } from '../../kept/run-keeper.ts';
import { startComputing } from '../backend.ts';
import { type ReadRun, readRun } from '../run-reader.ts';
import { choiceOf, hasEnded, requireSame } from './continued-run.ts';
import { loadImages } from './images.ts';
import { createPausePoint } from './pause-point.ts';
import { workerReplicas } from './replicas.ts';

/** A run to train, and the backend and images to train it with. */
interface TrainingRequest {
  readonly config: RunConfig;
  readonly backend: BrowserBackendChoice;
  readonly images: ImageOrigin;
  /** Number of runs that are trained at the same time, and share the cores. */
  readonly runs: number;
  /** The place where the browser keeps it, and whether it continues from there; nothing is kept when left out. */
  readonly kept?: Pick<KeptRun, 'start' | 'arm'> & { readonly isContinued: boolean };
}

/** The page's end of a training. */
interface TrainingListener {
  /** The run has begun; `reason` says which backend computes, and why; `events` are those of a run that continues. */
  begun(manifest: RunManifest, reason: string, events: readonly RunEvent[]): void;
  event(event: RunEvent): void;
  /** The browser does not keep the run that it was to keep, for this reason. */
  notKept?(reason: string): void;
  /** Returns the images of a data set that the page has: those that ship with it, or were decoded on it. */
  images(dataset: DatasetChoice): Promise<LoadedDataset>;
}

/** Returns services that train one run at a time, and keep it. */
export const createTrainer = () => {
  const pausePoint = createPausePoint();
  let abort = new AbortController();
  let run: MemoryRun | undefined;

  /** Resolves when the run has ended by itself or was stopped. */
  const trainRun = async (request: TrainingRequest, listener: TrainingListener): Promise<void> => {
    const { config, kept } = request;
    abort = new AbortController();
    run = undefined;
    const before = kept?.isContinued ? await restored(kept) : undefined;
    if (before && hasEnded(before)) {
      run = createMemoryRun(before.manifest, before);
      listener.begun(before.manifest, '', before.events);
      return;
    }
    const images = await loadImages(config.dataset, request.images, config.limitTrain, () =>
      listener.images(config.dataset),
    );
    const data = prepareRunData(images, config);
    const { backend, lost } = await startComputing(
      before ? choiceOf(before.manifest.backend.name) : request.backend,
    );
    if (before) requireSame(before.manifest, data.description, backend);
    let keeper: ReturnType<typeof keptStore> | undefined;
    const events = runExperiment({
      config,
      data,
      replicas: {
        count:
          before?.manifest.backend.workers ??
          defaultWorkers(backend.name, navigator.hardwareConcurrency / request.runs),
        start: pausable(workerReplicas(config)),
      },
      open: ({ workers }) => {
        const manifest =
          before?.manifest ??
          newRunManifest({
            config,
            classNames: data.classNames,
            data: data.description,
            backend,
            workers,
            hardware: describeHardware(),
            versions: { '@dropout-lab/viewer': viewer.version },
            command: ['(trained in the viewer)'],
            commit: null,
          });
        run = createMemoryRun(manifest, before);
        if (kept) {
          const { start, arm } = kept;
          keeper = keptStore(
            run,
            { start, arm, config, backend: request.backend, runs: request.runs },
            (error) => listener.notKept?.(error.message),
          );
        }
        listener.begun(manifest, backend.reason, before?.events ?? []);
        return { run: keeper?.run ?? run, resumeFrom: before?.checkpoints.last?.snapshot };
      },
      signal: abort.signal,
    });
    try {
      await raceSignal(follow(events, listener), lost);
    } finally {
      await keeper?.flush();
    }
  };

  /** Validation and evaluation have no events until their end, so their batches are paused. */
  const pausable =
    (start: ReplicaStarter): ReplicaStarter =>
    async (model, count) => {
      const replica = await start(model, count);
      return { ...replica, logits: (slice) => pausePoint.passed().then(() => replica.logits(slice)) };
    };

  const follow = async (events: AsyncIterable<RunEvent>, listener: TrainingListener): Promise<void> => {
    for await (const event of events) {
      listener.event(event);
      await pausePoint.passed();
    }
  };

  const begun = (): MemoryRun => {
    if (!run) throw new Error('expected a run that has begun, found none: wait until it trains');
    return run;
  };

  return {
    trainRun,
    pause: pausePoint.pause,
    resume: pausePoint.resume,
    /** Ends the run before its next step, with a checkpoint. */
    stop: (): void => {
      abort.abort();
      pausePoint.resume();
    },
    /** Returns what the trained model answered to each image; undefined before the run has been evaluated. */
    predictions: async (): Promise<Predictions | undefined> => run?.contents().predictions,
    /** Returns the run for other pages. @throws An Error before the run has begun. */
    asRead: async (): Promise<ReadRun> => readRun(await begun().files(), begun().manifest.id),
    /** Returns the run directory as a ZIP file, which `dropout-lab evaluate` and `train --resume` read once it is unpacked. */
    download: async (): Promise<Uint8Array> => {
      const { id } = begun().manifest;
      const encoder = new TextEncoder();
      const entries = Object.entries(await begun().files()).map(([path, content]): [string, Uint8Array] => [
        `${id}/${path}`,
        typeof content === 'string' ? encoder.encode(content) : content,
      ]);
      // Compression does not make weights smaller.
      const zip = zipSync(Object.fromEntries(entries), { level: 0 });
      return transfer(zip, [zip.buffer]);
    },
  };
};

/** Returns what the browser has kept of a run; undefined where it had no checkpoint yet. @throws as `decodeRun`. */
const restored = async (kept: Pick<KeptRun, 'start' | 'arm'>): Promise<RunContents | undefined> => {
  const files = await keptFilesOf(kept);
  return files && decodeRun(files, 'the run that this browser has kept');
};
