import type { RunEvent, RunManifest } from '@dropout-lab/contracts';
import type { Point } from '../../shared/charts/series.ts';
import { type RunDigest, withEvents } from '../../shared/runs/catalogue.ts';

/** A run that is trained on the page, in the form that pages draw. */
export interface LiveRun {
  readonly digest: RunDigest;
  /** The steps of the unfinished epoch, from the first. */
  readonly steps: readonly Extract<RunEvent, { kind: 'step' }>[];
}

export const newLiveRun = (name: string, manifest: RunManifest): LiveRun => ({
  digest: {
    name,
    revision: 0,
    manifest,
    events: [],
    isThinned: false,
    isBeingWritten: true,
    checkpoints: [],
    hasEvaluation: false,
    hasPredictions: false,
  },
  steps: [],
});

/** Returns the run with more events. */
export const withLiveEvents = ({ digest, steps }: LiveRun, more: readonly RunEvent[]): LiveRun => {
  const lastEpoch = more.findLastIndex(({ kind }) => kind === 'epoch');
  const fresh = more.slice(lastEpoch + 1).filter((event) => event.kind === 'step');
  return {
    digest: { ...digest, events: withEvents(digest.events, more) },
    steps: lastEpoch === -1 ? [...steps, ...fresh] : fresh,
  };
};

/** The most points of a curve within an epoch. */
const MOST_POINTS = 40;

/** Returns training loss or accuracy within the unfinished epoch: the mean so far, as in Keras, over parts of epochs. */
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
