import type { RunEvent, RunManifest } from '@dropout-lab/contracts';
import type { Point } from '../../shared/charts/series.ts';
import { type RunDigest, withEvents } from '../../shared/runs/catalogue.ts';

/** A run that is trained in the page, as the pages draw runs. */
export interface LiveRun {
  readonly digest: RunDigest;
  /** Steps of the epoch that is not over, from the first. */
  readonly steps: readonly Extract<RunEvent, { kind: 'step' }>[];
}

export const newLiveRun = (name: string, manifest: RunManifest): LiveRun => ({
  digest: {
    name,
    manifest,
    events: [],
    isBeingWritten: true,
    checkpoints: [],
    hasEvaluation: false,
    hasPredictions: false,
  },
  steps: [],
});

/** The run after more has happened. */
export const withLiveEvents = ({ digest, steps }: LiveRun, more: readonly RunEvent[]): LiveRun => {
  const lastEpoch = more.findLastIndex(({ kind }) => kind === 'epoch');
  const fresh = more.slice(lastEpoch + 1).filter((event) => event.kind === 'step');
  return {
    digest: { ...digest, events: withEvents(digest.events, more) },
    steps: lastEpoch === -1 ? [...steps, ...fresh] : fresh,
  };
};

/** So many points tell the course of an epoch. */
const MOST_POINTS = 40;

/** Training loss or accuracy within the epoch that is not over: its mean so far, as Keras shows it, by epochs and parts of epochs. */
export const pointsOfSteps = (steps: LiveRun['steps'], metric: 'loss' | 'accuracy'): Point[] => {
  const stride = Math.ceil(steps.length / MOST_POINTS);
  return steps
    .filter((_, i) => (steps.length - 1 - i) % stride === 0)
    .map(({ epoch, stepInEpoch, stepsPerEpoch, [metric]: y = Number.NaN }) => ({
      x: epoch - 1 + stepInEpoch / stepsPerEpoch,
      y,
      raw: y,
    }))
    .filter(({ y }) => Number.isFinite(y));
};
