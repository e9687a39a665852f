import {
  type CheckpointName,
  datasetOf,
  parseRunManifest,
  parseWith,
  type RunEvent,
  type RunManifest,
  runConfigSchema,
  runEventSchema,
  runManifestSchema,
} from '@dropout-lab/contracts';
import { z } from 'zod';
import { inSlices } from '../in-slices.ts';
import { type StudyInfo, studyInfoSchema } from './studies.ts';

/** A run's settings and files, as far as lists of runs need them. */
export interface RunFacts {
  /** The run's folder, relative to the folder of runs, with forward slashes. */
  readonly name: string;
  /** Grows with every change of the run, also past a restart of the server. */
  readonly revision: number;
  readonly manifest: Pick<RunManifest, 'id' | 'createdAt' | 'config' | 'classNames' | 'backend'>;
  /** The checkpoints that can be loaded. */
  readonly checkpoints: readonly CheckpointName[];
  readonly hasEvaluation: boolean;
  readonly hasPredictions: boolean;
  /** Whether the user's own images that it was trained on are served beside it. */
  readonly hasImages?: boolean | undefined;
}

/** A run as the pages draw it: its manifest, and the events that curves and progress need. */
export interface RunDigest extends RunFacts {
  readonly manifest: RunManifest;
  /** In the order written: every kind except `checkpoint` and `validating`; of `step` only the last since the last epoch. */
  readonly events: readonly RunEvent[];
  /** Whether some epochs are left out, since there are more of them than a chart can show. */
  readonly isThinned: boolean;
  /** Whether a process is writing it. */
  readonly isBeingWritten: boolean;
}

/** The file that has a run's {@link RunDigest}, in its folder as it is served and exported. */
export const DIGEST_FILE = 'digest.json';

/** A run's status; `stopped` is one that has not ended, and that no process writes. */
export type Status = z.output<typeof statusSchema>;

/** A run as lists show it: of its epochs no more than a small curve needs, so that a catalogue has room for hundreds of runs. */
export interface RunOverview {
  readonly name: string;
  readonly run: RunFacts;
  readonly status: Status;
  /** Number of epochs so far. */
  readonly epochs: number;
  /** Validation accuracy over the epochs, at most {@link MOST_ACCURACIES} of them, evenly spaced; NaN where it is not known. */
  readonly accuracies: readonly number[];
  /** The checkpoint that the run is shown with, and the epoch after which it was written, where that is known. */
  readonly checkpoint?:
    | {
        readonly name: CheckpointName;
        readonly epoch?: number | undefined;
        /** Of validation. */
        readonly accuracy?: number | undefined;
      }
    | undefined;
  /** The epoch of highest validation accuracy. */
  readonly best?: { readonly epoch: number; readonly accuracy: number } | undefined;
  readonly lowestLoss?: { readonly epoch: number; readonly loss: number } | undefined;
  readonly last?:
    | { readonly val_accuracy?: number | undefined; readonly val_loss?: number | undefined }
    | undefined;
  readonly test?: { readonly loss: number; readonly accuracy: number } | undefined;
  /** The epoch at which overfitting has set in. */
  readonly onset?: number | undefined;
  /** Of all epochs so far. */
  readonly seconds: number;
  /** While it runs. */
  readonly progress?: Progress | undefined;
}

/** The progress of a run in training. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** 0..1 of the whole run. */
  readonly share: number;
  readonly imagesPerSecond?: number | undefined;
}

export const MOST_ACCURACIES = 60;

/** A folder that should be a run and cannot be read. */
export interface CorruptRun {
  readonly name: string;
  /** The reason why it cannot be read, in a sentence. */
  readonly error: string;
}

/** `catalogue.json`: every run of a folder. */
export interface Catalogue {
  /** Whether the runs come from a server that sends changes at `live`; false for files that do not change. */
  readonly live: boolean;
  /** Their place, for a person. */
  readonly place: string;
  readonly runs: readonly (RunOverview | CorruptRun)[];
  /** Data sets whose official files are served beside the runs. */
  readonly images: readonly string[];
  /** The studies that the runs are of. */
  readonly studies?: readonly StudyInfo[] | undefined;
}

/** A change that the server sends. */
export type LiveMessage =
  | { readonly kind: 'catalogue'; readonly catalogue: Catalogue }
  /** A run is new, or is not the same as before. */
  | { readonly kind: 'run'; readonly run: RunOverview | CorruptRun }
  /** A run has more events, and has not changed otherwise. */
  | { readonly kind: 'events'; readonly run: RunOverview; readonly events: readonly RunEvent[] }
  /** The studies are others, or have more runs or a report. */
  | { readonly kind: 'studies'; readonly studies: readonly StudyInfo[] }
  /** A run's folder was removed. */
  | { readonly kind: 'gone'; readonly name: string };

export const isCorrupt = <T extends { readonly name: string }>(run: T | CorruptRun): run is CorruptRun =>
  'error' in run;

const name = z.string().min(1);
const revision = z.number();
const metric = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const checkpointName = z.enum(['last', 'best']);

const statusSchema = z.enum([
  'waiting',
  'running',
  /** On the page that trains it. */
  'paused',
  'stopped',
  'completed',
  'early stopping',
  'interrupted',
  'diverged',
  'failed',
  'imported',
]);

const manifest = z.unknown().transform((value, context): RunManifest => {
  try {
    return parseRunManifest(value, 'run.json');
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

/** Checks a `digest.json`, which may come from any web server. */
export const digestSchema: z.ZodType<RunDigest> = z.object({
  name,
  revision,
  manifest,
  events: z.array(runEventSchema),
  isThinned: z.boolean(),
  isBeingWritten: z.boolean(),
  checkpoints: z.array(checkpointName),
  hasEvaluation: z.boolean(),
  hasPredictions: z.boolean(),
  hasImages: z.boolean().optional(),
});

/** Of the configuration, what differs from the defaults; class names where they are not the data set's own. */
const factsSchema = z
  .object({
    name,
    revision,
    manifest: z.object({
      id: z.string(),
      createdAt: z.string(),
      config: runConfigSchema,
      classNames: z.array(z.string()).optional(),
      backend: runManifestSchema.shape.backend,
    }),
    checkpoints: z.array(checkpointName),
    hasEvaluation: z.boolean(),
    hasPredictions: z.boolean(),
    hasImages: z.boolean().optional(),
  })
  .transform(({ manifest, ...facts }): RunFacts => {
    const { classNames = datasetOf(manifest.config.dataset).classNames } = manifest;
    return { ...facts, manifest: { ...manifest, classNames: [...classNames] } };
  });

const overviewSchema = z.object({
  name,
  run: factsSchema,
  status: statusSchema,
  epochs: z.number(),
  accuracies: z.array(metric),
  checkpoint: z
    .object({ name: checkpointName, epoch: z.number().optional(), accuracy: metric.optional() })
    .optional(),
  best: z.object({ epoch: z.number(), accuracy: z.number() }).optional(),
  lowestLoss: z.object({ epoch: z.number(), loss: z.number() }).optional(),
  last: z.object({ val_accuracy: metric.optional(), val_loss: metric.optional() }).optional(),
  test: z.object({ loss: metric, accuracy: metric }).optional(),
  onset: z.number().optional(),
  seconds: metric,
  progress: z
    .object({
      epoch: z.number(),
      epochs: z.number(),
      share: metric,
      imagesPerSecond: metric.optional(),
    })
    .optional(),
});

const runSchema = z.union([z.object({ name, error: z.string() }), overviewSchema]);

/** A catalogue whose runs are still to be checked. */
const catalogueSchema = z.object({
  live: z.boolean(),
  place: z.string(),
  runs: z.array(z.unknown()),
  images: z.array(z.string()),
  studies: z.array(studyInfoSchema).optional(),
});

/** Runs that are checked in one task: a hundred at once take longer than a page may be silent. */
export const RUNS_AT_ONCE = 10;

/**
 * Checks a `catalogue.json`, which may come from any web server, some runs in each task.
 *
 * @param where The file, for errors.
 * @throws ConfigError naming the first value at fault.
 */
export const parseCatalogue = async (value: unknown, where: string): Promise<Catalogue> => {
  const { runs, ...others } = parseWith(catalogueSchema, value, where);
  return {
    ...others,
    runs: await inSlices(runs, RUNS_AT_ONCE, (run, i) => parseWith(runSchema, run, `${where}: runs[${i}]`)),
  };
};

/** Checks a message of the `live` connection; the catalogue in one is for {@link parseCatalogue}. */
export const liveMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('catalogue'), catalogue: z.unknown() }),
  z.object({ kind: z.literal('run'), run: runSchema }),
  z.object({ kind: z.literal('events'), run: overviewSchema, events: z.array(runEventSchema) }),
  z.object({ kind: z.literal('studies'), studies: z.array(studyInfoSchema) }),
  z.object({ kind: z.literal('gone'), name }),
]);

/** Returns the events of a digest with more of them, without those that it does not keep: see {@link RunDigest.events}. */
export const withEvents = (kept: readonly RunEvent[], more: readonly RunEvent[]): RunEvent[] => {
  const events = [...kept];
  for (const event of more) {
    if (event.kind === 'checkpoint' || event.kind === 'validating') continue;
    if (event.kind !== 'step') dropTrailingSteps(events);
    else if (events.at(-1)?.kind === 'step') events.pop();
    events.push(event);
  }
  return events;
};

const dropTrailingSteps = (events: RunEvent[]): void => {
  while (events.at(-1)?.kind === 'step') events.pop();
};

/** Returns a catalogue with the change of a live message. */
export const withMessage = (catalogue: Catalogue, message: LiveMessage): Catalogue => {
  if (message.kind === 'catalogue') return message.catalogue;
  if (message.kind === 'studies') return { ...catalogue, studies: message.studies };
  if (message.kind === 'gone')
    return { ...catalogue, runs: catalogue.runs.filter((run) => run.name !== message.name) };
  const others = catalogue.runs.filter((run) => run.name !== message.run.name);
  return { ...catalogue, runs: [...others, message.run].sort(byName) };
};

/** Returns a digest with the events of a live message; the same digest when the message is about another run, or does not follow on it. */
export const withMessageIn = (digest: RunDigest, message: LiveMessage): RunDigest => {
  if (message.kind !== 'events' || message.run.name !== digest.name) return digest;
  const { revision } = message.run.run;
  if (revision !== digest.revision + 1) return digest;
  return { ...digest, revision, events: withEvents(digest.events, message.events) };
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
