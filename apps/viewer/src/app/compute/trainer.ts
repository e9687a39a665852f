import {
  type BrowserBackendChoice,
  defaultWorkers,
  describeHardware,
  type StartedBackend,
} from '@dropout-lab/backend/browser';
import { prepareRunData, type RunData } from '@dropout-lab/cifar';
import {
  type CheckpointName,
  RUN_SCHEMA_VERSION,
  type RunConfig,
  type RunEvent,
  type RunManifest,
} from '@dropout-lab/contracts';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { type Checkpoint, encodeRun, newRunId } from '@dropout-lab/runs';
import { type Replica, train, wholeBatchLayerOf } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { transfer } from 'comlink';
import { zipSync } from 'fflate';
import viewer from '../../../package.json' with { type: 'json' };
import type { ImageOrigin } from '../images.ts';
import { startComputing } from './backend.ts';
import { createGate } from './gate.ts';
import { loadImages } from './images.ts';
import { startReplicas } from './replicas.ts';

/** What to train, and on what. */
export interface TrainingRequest {
  readonly config: RunConfig;
  readonly backend: BrowserBackendChoice;
  readonly images: ImageOrigin;
  /** How many runs are trained at the same time, and share the cores. */
  readonly runs: number;
}

/** Told of a run across threads: nobody waits for the answer. */
export interface TrainingListener {
  /** `reason` says which backend computes, and why that one. */
  begun(manifest: RunManifest, reason: string): void;
  event(event: RunEvent): void;
}

/** Trains one run at a time, and keeps it. */
export const createTrainer = () => {
  const gate = createGate();
  let abort = new AbortController();
  let manifest: RunManifest | undefined;
  let events: RunEvent[] = [];
  let checkpoints: Partial<Record<CheckpointName, Checkpoint>> = {};

  /** Resolves when training has ended by itself or was stopped. */
  const trainRun = async (request: TrainingRequest, listener: TrainingListener): Promise<void> => {
    const { config } = request;
    abort = new AbortController();
    manifest = undefined;
    events = [];
    checkpoints = {};
    const images = await loadImages(config.dataset, request.images, config.limitTrain);
    const data = prepareRunData(images, config);
    const { backend, hold } = await startComputing(request.backend);
    const model = buildModel(modelSpecOf(config), config.seed);
    // A layer that needs the whole batch is not to see parts of it.
    const workers =
      wholeBatchLayerOf(model) === undefined
        ? defaultWorkers(backend.name, navigator.hardwareConcurrency / request.runs)
        : 1;
    let replica: Replica | undefined;
    try {
      replica = await startReplicas(model, config, workers);
      manifest = describeRun(config, backend, data, workers);
      listener.begun(manifest, backend.reason);
      await hold(follow(model, replica, config, data, listener));
    } finally {
      replica?.dispose();
      model.dispose();
    }
  };

  const follow = async (
    model: LayersModel,
    { gradients, logits, dispose }: Replica,
    config: RunConfig,
    { train: images, validation }: RunData,
    listener: TrainingListener,
  ): Promise<void> => {
    const modelTopology = model.toJSON(null, false) as object;
    const happening = train({
      model,
      // Validation tells of nothing until its end.
      replica: { model, gradients, logits: (slice) => gate.passed().then(() => logits(slice)), dispose },
      config,
      train: images,
      validation,
      checkpoints: {
        save: async (name, snapshot) => {
          checkpoints[name] = { modelTopology, snapshot };
        },
      },
      signal: abort.signal,
    });
    for await (const said of happening) {
      const event: RunEvent = said.kind === 'training-ended' ? { ...said, kind: 'run-ended' } : said;
      events.push(event);
      listener.event(event);
      await gate.passed();
    }
  };

  return {
    trainRun,
    pause: gate.close,
    resume: gate.open,
    /** Ends training before its next step, with a checkpoint. */
    stop: (): void => {
      abort.abort();
      gate.open();
    },
    /** The run directory as a ZIP file, which `dropout-lab evaluate` and `train --resume` take once it is unpacked. */
    download: (): Uint8Array => {
      if (!manifest) throw new Error('expected a run that has begun, found none: wait until it trains');
      const { id } = manifest;
      const files = encodeRun({ manifest, events, checkpoints });
      const encoder = new TextEncoder();
      const entries = Object.entries(files).map(([path, content]): [string, Uint8Array] => [
        `${id}/${path}`,
        typeof content === 'string' ? encoder.encode(content) : content,
      ]);
      // Weights do not get smaller.
      const zip = zipSync(Object.fromEntries(entries), { level: 0 });
      return transfer(zip, [zip.buffer]);
    },
  };
};

const describeRun = (
  config: RunConfig,
  { name, description, versions }: StartedBackend,
  { classNames, description: data }: RunData,
  workers: number,
): RunManifest => {
  const now = new Date();
  return {
    schemaVersion: RUN_SCHEMA_VERSION,
    id: newRunId(now, config),
    createdAt: now.toISOString(),
    config,
    classNames: [...classNames],
    backend: { name, description, workers },
    hardware: describeHardware(),
    data,
    versions: { '@dropout-lab/viewer': viewer.version, ...versions },
    command: ['(trained in the viewer)'],
    commit: null,
  };
};
