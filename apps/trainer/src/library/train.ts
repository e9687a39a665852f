import {
  DropoutLabError,
  datasetKey,
  mergeConfig,
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
  type RunEvent,
} from '@dropout-lab/contracts';
import { prepareRunData, requireOwnSplit } from '@dropout-lab/data';
import { runExperiment } from '@dropout-lab/experiment';
import { modelSpecOf, requireBuildable } from '@dropout-lab/model';
import { createMemoryRun, type MemoryRun, newRunManifest } from '@dropout-lab/runs';
import { configOfData, requireTrainingData, type TrainingData } from './datasets.ts';
import type { Backend, Platform } from './platform.ts';
import type { BackendStarter } from './start-backend.ts';
import { openTrained, type TrainedModel } from './trained-model.ts';

/**
 * The images and the settings of a training: those of a run configuration, such as `epochs`, `batchSize`, `optimizer`,
 * `callbacks`, `model`. The defaults are the tutorial's.
 */
export interface TrainOptions extends Omit<RunConfigInput, 'dataset'> {
  readonly data: TrainingData;
  /** Fraction dropped after each pooling layer: short for `model.dropout.rate`. */
  readonly dropout?: number;
  /** Before any schedule: short for `optimizer.learningRate`. */
  readonly learningRate?: number;
  /** By default the backend that runs already, or else the fastest one. */
  readonly backend?: Backend;
  /** Threads that share each batch, in Node; by default as many as suit the backend and the cores. */
  readonly workers?: number;
  /** Ends training before the next step; `train` returns the model as it is then. */
  readonly signal?: AbortSignal;
  /** Called after each epoch with its loss and accuracy, in `logs`; waited for. */
  readonly onEpoch?: (epoch: Extract<RunEvent, { kind: 'epoch' }>) => unknown;
  /** Called with everything that happens, each step and each warning included; waited for. Without it warnings go to the console. */
  readonly onEvent?: (event: RunEvent) => unknown;
}

/** The `train` of a platform. */
export const trainOn =
  (platform: Platform, start: BackendStarter) =>
  async (options: TrainOptions): Promise<TrainedModel> => {
    const { data, backend: choice, workers: wanted, signal, onEpoch, onEvent = warn } = options;
    requireTrainingData(data);
    const config = configOf(options);
    requireBuildable(modelSpecOf(config));
    const runData = prepareRunData({ sha256: {}, ...data }, config);
    const description = {
      ...runData.description,
      dataset: data.dataset === undefined ? OWN_IMAGES : datasetKey(data.dataset),
    };
    const backend = await start(choice);
    const replicas = platform.replicasOn(config, backend.name, wanted);

    let run: MemoryRun | undefined;
    for await (const event of runExperiment({
      config,
      data: runData,
      replicas,
      open: ({ workers }) => {
        run = createMemoryRun(
          newRunManifest({
            config,
            classNames: runData.classNames,
            data: description,
            backend,
            workers,
            hardware: platform.describeHardware(),
            versions: { 'dropout-lab': platform.version },
            command: ['(trained by a program)'],
            commit: null,
          }),
        );
        return { run };
      },
      signal,
    })) {
      await onEvent(event);
      if (event.kind === 'epoch') await onEpoch?.(event);
      if (event.kind === 'run-ended' && event.reason === 'nan') {
        throw new DropoutLabError(
          `train: expected a finite loss, but ${event.message}: lower the learning rate`,
        );
      }
    }
    return openTrained(run!.contents(), { platform, checkpoint: 'last', test: data.test });
  };

/** The name of a user's own images in a run's manifest. */
const OWN_IMAGES = 'own images';

const configOf = ({
  data,
  dropout,
  learningRate,
  backend: _backend,
  workers: _workers,
  signal: _signal,
  onEpoch: _onEpoch,
  onEvent: _onEvent,
  ...settings
}: TrainOptions): RunConfig => {
  const short = {
    ...(dropout !== undefined && { model: { dropout: { rate: dropout } } }),
    ...(learningRate !== undefined && { optimizer: { learningRate } }),
  };
  const own = configOfData(data);
  const config = parseRunConfig(mergeConfig(mergeConfig(own, settings, 'train'), short, 'train'));
  requireOwnSplit(config, own);
  return config;
};

const warn = (event: RunEvent): void => {
  if (event.kind === 'warning') console.warn(event.message);
};
