import {
  datasetOf,
  epochsOf,
  runConfigSchema,
  stepsPerEpochOf,
  withoutDefaults,
} from '@dropout-lab/contracts';
import { lowestValidationLoss, overfittingOnset } from '@dropout-lab/metrics';
import { createGapFinder, type EpochRow, gapsInWords, readHistory, runStatus } from '@dropout-lab/runs';
import { metricAt } from '@dropout-lab/study';
import {
  type Catalogue,
  type CorruptRun,
  isCorrupt,
  MOST_ACCURACIES,
  type Progress,
  type RunDigest,
  type RunFacts,
  type RunOverview,
  type Status,
} from './catalogue.ts';

/** A run with its epochs, as charts show it. */
export interface Summary extends RunOverview {
  readonly run: RunDigest;
  readonly history: readonly EpochRow[];
  readonly last: EpochRow | undefined;
  /** Why it ended before its last epoch, in the words of the command; undefined where it did not. */
  readonly ending: string | undefined;
  /** Problems that did not end the run. */
  readonly warnings: readonly string[];
}

/**
 * Returns training minus validation accuracy at a run's end; undefined where it is not known, and of a run that diverged: it
 * has no trained model, and nothing is said of how that overfits.
 */
export const gapAtEnd = ({ status, last }: Pick<Summary, 'status' | 'last'>): number | undefined =>
  last && status !== 'diverged' ? metricAt(last, 'generalization_gap') : undefined;

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
  const lowestLoss = lowestValidationLoss(history);
  return {
    name: run.name,
    run,
    status,
    history,
    epochs: history.at(-1)?.epoch ?? 0,
    accuracies: evenly(history.map(({ val_accuracy }) => val_accuracy ?? Number.NaN)),
    checkpoint: shownCheckpoint(run, history, lowestLoss?.epoch),
    best: bestAccuracy(history),
    lowestLoss,
    last: history.at(-1),
    test: evaluated && { loss: evaluated.loss, accuracy: evaluated.accuracy },
    onset: overfittingOnset(history),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    ending: endingOf(run, status),
    warnings: [
      ...run.events.flatMap((event) => (event.kind === 'warning' ? event.message : [])),
      ...lostEpochsOf(run),
    ],
    progress: status === 'running' ? progressOf(run, history.at(-1)?.epoch ?? 0) : undefined,
  };
};

const endingOf = ({ events }: RunDigest, status: Status): string | undefined => {
  const end = events.findLast((event) => event.kind === 'run-ended');
  if (!end || !['diverged', 'failed', 'early stopping'].includes(status)) return undefined;
  return end.message;
};

/** Names epochs that the events lack. Of steps, a digest keeps too few to say. */
const lostEpochsOf = ({ events, isThinned }: RunDigest): string[] => {
  if (isThinned) return [];
  const finder = createGapFinder();
  for (const event of events) finder.add(event);
  const { epochs = [] } = finder.gaps() ?? {};
  return epochs.length === 0 ? [] : [`${gapsInWords({ epochs, steps: [] })}.`];
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

const bestAccuracy = (history: readonly EpochRow[]): RunOverview['best'] =>
  history.reduce<RunOverview['best']>((best, { epoch, val_accuracy }) => {
    if (val_accuracy === undefined || !(val_accuracy > (best?.accuracy ?? -1))) return best;
    return { epoch, accuracy: val_accuracy };
  }, undefined);

const progressOf = ({ manifest, events }: RunDigest, epochsDone: number): Progress => {
  const { config, data } = manifest;
  const epochs = epochsOf(config, stepsPerEpochOf(config, data.trainImages));
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
 * Returns the checkpoint that a run is shown with: that of the lowest validation loss (lowest loss in runs without
 * validation), else the last.
 */
const shownCheckpoint = (
  { checkpoints }: RunDigest,
  history: readonly EpochRow[],
  lowest: number | undefined,
): RunOverview['checkpoint'] => {
  const name = checkpoints.includes('best') ? 'best' : checkpoints[0];
  if (name === undefined) return undefined;
  const row = name === 'best' ? history.find(({ epoch }) => epoch === lowest) : history.at(-1);
  return {
    name,
    ...(row && { epoch: row.epoch }),
    ...(row?.val_accuracy !== undefined && { accuracy: row.val_accuracy }),
  };
};

/** Returns every so many of the values, from the last one on, such that they are few enough for a small curve. */
const evenly = (values: readonly number[]): number[] => {
  const stride = Math.ceil(values.length / MOST_ACCURACIES);
  return values.filter((_, i) => (values.length - 1 - i) % stride === 0);
};

/** The JSON of a catalogue of runs. */
export const catalogueToJson = ({
  runs,
  ...rest
}: Omit<Catalogue, 'runs'> & { readonly runs: readonly (RunDigest | CorruptRun)[] }): string =>
  JSON.stringify({ ...rest, runs: runs.map(runToJson) });

/** Returns a run as a catalogue's JSON has it: in few enough bytes that a catalogue of hundreds of runs is short. */
export const runToJson = (run: RunDigest | CorruptRun): unknown =>
  isCorrupt(run) ? run : overviewToJson(summaryOf(run));

const overviewToJson = (summary: RunOverview): unknown => {
  const { name, run, status, epochs, accuracies, checkpoint, best, lowestLoss, last, test, onset } = summary;
  const { revision, checkpoints, hasEvaluation, hasPredictions, hasImages } = run;
  return {
    name,
    run: {
      name,
      revision,
      manifest: manifestToJson(run.manifest),
      checkpoints,
      hasEvaluation,
      hasPredictions,
      hasImages,
    },
    status,
    epochs,
    accuracies: accuracies.map((accuracy) => Math.round(accuracy * 1e4) / 1e4),
    checkpoint,
    best,
    lowestLoss: lowestLoss && { epoch: lowestLoss.epoch, loss: lowestLoss.loss },
    last: last && { val_accuracy: last.val_accuracy, val_loss: last.val_loss },
    test,
    onset,
    seconds: summary.seconds,
    progress: summary.progress,
  };
};

const manifests = new WeakMap<RunFacts['manifest'], unknown>();

const manifestToJson = (manifest: RunFacts['manifest']): unknown => {
  const before = manifests.get(manifest);
  if (before) return before;
  const { id, createdAt, config, classNames, backend } = manifest;
  const own = datasetOf(config.dataset).classNames;
  const isOwn = own.length === classNames.length && own.every((one, i) => one === classNames[i]);
  const json = {
    id,
    createdAt,
    config: withoutDefaults(runConfigSchema, config) ?? {},
    ...(!isOwn && { classNames }),
    backend,
  };
  manifests.set(manifest, json);
  return json;
};
