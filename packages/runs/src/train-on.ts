import {
  ConfigError,
  type LengthBoundSetting,
  lengthBoundSetting,
  parseRunManifest,
  type RunConfig,
  type RunEvent,
  type RunManifest,
  type Snapshot,
} from '@dropout-lab/contracts';
import { type RunStatus, runStatus } from './events/history.ts';

/** A run that has trained for a while. */
export interface TrainedRun {
  readonly manifest: RunManifest;
  readonly events: readonly RunEvent[];
  /** Of its last checkpoint; undefined before the first. */
  readonly progress: Snapshot['progress'] | undefined;
}

/**
 * Returns the manifest of a run that is to be trained on to another number of epochs, so that it ends as one that had so
 * many from the start.
 *
 * @param where The run, for errors.
 * @throws ConfigError when it cannot.
 */
export const manifestToTrainOn = (run: TrainedRun, epochs: number, where: string): RunManifest => {
  const { config } = run.manifest;
  const longer = parseRunManifest({ ...run.manifest, config: { ...config, epochs } }, where);
  if (epochs < config.epochs) {
    throw new ConfigError(
      `${where}: epochs: expected ${config.epochs} or more, as many as the run has, received ${epochs}; start a new run for fewer`,
    );
  }
  const bound = lengthBoundSetting(config);
  if (epochs > config.epochs && bound !== undefined) {
    throw new ConfigError(
      `${where}: epochs: expected a run that can be extended to ${epochs}, but this one ${dependence[bound](config)}; start a new run`,
    );
  }
  const ended = run.progress?.ending?.reason ?? runStatus(run.events);
  const why = endings[ended];
  if (why !== undefined) {
    throw new ConfigError(`${where}: epochs: expected a run that can be extended to ${epochs}, but ${why}`);
  }
  if (epochs > config.epochs && hasEnded(run) && config.averaging.name !== 'none') {
    throw new ConfigError(
      `${where}: epochs: expected a run that can be extended to ${epochs}, but this one ended with the averages of its weights (${config.averaging.name}), not with those of its last epoch; start a new run`,
    );
  }
  if (epochs > config.epochs && hasBestWeightsBack(run)) {
    throw new ConfigError(
      `${where}: epochs: expected a run that can be extended to ${epochs}, but this one ended with the weights of its best epoch (restoreBestWeights), not with those of its last; start a new run`,
    );
  }
  return longer;
};

/** Ends that more epochs would not have changed. */
const endings: { readonly [Status in RunStatus]?: string } = {
  early_stopping: 'this one was ended by early stopping; start a new run with more patience',
  nan: 'this one diverged (nan); start a new run with a lower learning rate',
};

/** How a setting makes a run's numbers depend on its length. */
const dependence: Readonly<Record<LengthBoundSetting, (config: RunConfig) => string>> = {
  maxSteps: ({ maxSteps }) => `ends after ${maxSteps} steps (maxSteps)`,
  averaging: ({ averaging }) =>
    `averages its weights by the fraction of its steps that is done (${averaging.name})`,
  dropoutSchedule: ({ dropoutSchedule }) =>
    `changes its dropout rates by the fraction of its steps that is done (${dropoutSchedule.name})`,
  schedule: ({ schedule }) =>
    `changes its learning rate by the fraction of its steps that is done (${schedule.name})`,
};

const hasEnded = ({ manifest: { config }, progress }: TrainedRun): boolean =>
  progress !== undefined && progress.epoch >= config.epochs;

const hasBestWeightsBack = (run: TrainedRun): boolean =>
  hasEnded(run) &&
  run.manifest.config.callbacks.some(
    (callback) => callback.name === 'early_stopping' && callback.restoreBestWeights,
  );
