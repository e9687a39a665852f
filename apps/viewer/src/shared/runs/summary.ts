import type { CheckpointName } from '@dropout-lab/contracts';
import { lowestValidationLoss, overfittingOnset } from '@dropout-lab/metrics';
import { type EpochRow, readHistory, runStatus } from '@dropout-lab/runs';
import type { RunDigest } from './catalogue.ts';

/** A run's status; `stopped` is one that has not ended, and that no process writes. */
type Status =
  | 'waiting'
  | 'running'
  /** On the page that trains it. */
  | 'paused'
  | 'stopped'
  | 'completed'
  | 'early stopping'
  | 'interrupted'
  | 'diverged'
  | 'failed'
  | 'imported';

/** The progress of a run in training. */
interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** 0..1 of the whole run. */
  readonly share: number;
  readonly imagesPerSecond: number | undefined;
}

/** A run's metrics, as tables and charts show them. */
export interface Summary {
  readonly name: string;
  readonly run: RunDigest;
  readonly status: Status;
  readonly history: readonly EpochRow[];
  /** The epoch of highest validation accuracy. */
  readonly best: { readonly epoch: number; readonly accuracy: number } | undefined;
  readonly lowestLoss: { readonly epoch: number; readonly loss: number } | undefined;
  readonly last: EpochRow | undefined;
  readonly test: { readonly loss: number; readonly accuracy: number } | undefined;
  /** The epoch at which overfitting has set in. */
  readonly onset: number | undefined;
  /** Of all epochs so far. */
  readonly seconds: number;
  /** Problems that did not end the run. */
  readonly warnings: readonly string[];
  /** While it runs. */
  readonly progress: Progress | undefined;
}

const known = new WeakMap<RunDigest, Summary>();

/** Summarizes a run; the same run again costs nothing. */
export const summaryOf = (run: RunDigest): Summary => {
  const before = known.get(run);
  if (before) return before;
  const summary = summarize(run);
  known.set(run, summary);
  return summary;
};

/** Returns whether two summaries are of one run between two epochs. */
export const differsInStepsOnly = (a: Summary, b: Summary): boolean => {
  if (a === b) return true;
  const [one, other] = [a, b].map(({ run }) => run.events.filter(({ kind }) => kind !== 'step'));
  return (
    a.run.manifest === b.run.manifest &&
    a.status === b.status &&
    one!.length === other!.length &&
    one!.every((event, i) => event === other![i])
  );
};

const summarize = (run: RunDigest): Summary => {
  const history = readHistory(run.events);
  const evaluated = run.events.findLast((event) => event.kind === 'evaluated');
  const status = statusOf(run);
  return {
    name: run.name,
    run,
    status,
    history,
    best: bestAccuracy(history),
    lowestLoss: lowestValidationLoss(history),
    last: history.at(-1),
    test: evaluated && { loss: evaluated.loss, accuracy: evaluated.accuracy },
    onset: overfittingOnset(history),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    warnings: run.events.flatMap((event) => (event.kind === 'warning' ? event.message : [])),
    progress: status === 'running' ? progressOf(run, history.length) : undefined,
  };
};

const statusOf = ({ manifest, events, isBeingWritten }: RunDigest): Status => {
  if (manifest.importedFrom) return 'imported';
  const status = runStatus(events);
  switch (status) {
    case 'created':
      return isBeingWritten ? 'waiting' : 'stopped';
    case 'running':
      return isBeingWritten ? 'running' : 'stopped';
    case 'early_stopping':
      return 'early stopping';
    case 'nan':
      return 'diverged';
    default:
      return status;
  }
};

const bestAccuracy = (history: readonly EpochRow[]): Summary['best'] =>
  history.reduce<Summary['best']>((best, { epoch, val_accuracy }) => {
    if (val_accuracy === undefined || !(val_accuracy > (best?.accuracy ?? -1))) return best;
    return { epoch, accuracy: val_accuracy };
  }, undefined);

const progressOf = ({ manifest, events }: RunDigest, epochsDone: number): Progress => {
  const { epochs } = manifest.config;
  const step = events.at(-1)?.kind === 'step' ? events.at(-1) : undefined;
  if (step?.kind !== 'step') {
    return {
      epoch: Math.min(epochsDone + 1, epochs),
      epochs,
      share: epochsDone / epochs,
      imagesPerSecond: undefined,
    };
  }
  const { epoch, stepInEpoch, stepsPerEpoch, imagesPerSecond } = step;
  return { epoch, epochs, share: (epoch - 1 + stepInEpoch / stepsPerEpoch) / epochs, imagesPerSecond };
};

/**
 * Returns the checkpoint that a run is shown with, and the epoch after which it was written, where that is known: that of the
 * lowest validation loss (lowest loss in runs without validation), else the last.
 */
export const shownCheckpoint = ({
  run,
  history,
  lowestLoss,
  last,
}: Summary): { readonly name: CheckpointName; readonly row: EpochRow | undefined } | undefined => {
  if (run.checkpoints.includes('best')) {
    return { name: 'best', row: history.find(({ epoch }) => epoch === lowestLoss?.epoch) };
  }
  return run.checkpoints.includes('last') ? { name: 'last', row: last } : undefined;
};
