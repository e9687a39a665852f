import { parseRunManifest, type RunEvent, type RunManifest, runEventSchema } from '@dropout-lab/contracts';
import { z } from 'zod';

/** A run as the pages draw it: its manifest, and the events that curves and progress need. */
export interface RunDigest {
  /** The run's folder, relative to the folder of runs, with forward slashes. */
  readonly name: string;
  readonly manifest: RunManifest;
  /** In the order written: every kind except `checkpoint` and `validating`; of `step` only the last since the last epoch. */
  readonly events: readonly RunEvent[];
  /** Whether a process is writing it. */
  readonly isBeingWritten: boolean;
  /** The checkpoints that can be loaded. */
  readonly checkpoints: readonly ('last' | 'best')[];
  readonly hasEvaluation: boolean;
  readonly hasPredictions: boolean;
}

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
  readonly runs: readonly (RunDigest | CorruptRun)[];
  /** Data sets whose official files are served beside the runs. */
  readonly images: readonly string[];
}

/** A change that the server sends. */
export type LiveMessage =
  | { readonly kind: 'catalogue'; readonly catalogue: Catalogue }
  /** A run is new, or is not the same as before. */
  | { readonly kind: 'run'; readonly run: RunDigest | CorruptRun }
  /** A run has more events. */
  | { readonly kind: 'events'; readonly name: string; readonly events: readonly RunEvent[] }
  /** A run's folder was removed. */
  | { readonly kind: 'gone'; readonly name: string };

export const isCorrupt = (run: RunDigest | CorruptRun): run is CorruptRun => 'error' in run;

const name = z.string().min(1);

const manifest = z.unknown().transform((value, context): RunManifest => {
  try {
    return parseRunManifest(value, 'run.json');
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

const digestSchema = z.object({
  name,
  manifest,
  events: z.array(runEventSchema),
  isBeingWritten: z.boolean(),
  checkpoints: z.array(z.enum(['last', 'best'])),
  hasEvaluation: z.boolean(),
  hasPredictions: z.boolean(),
});

const runSchema = z.union([z.object({ name, error: z.string() }), digestSchema]);

/** Checks a `catalogue.json`, which may come from any web server. */
export const catalogueSchema: z.ZodType<Catalogue> = z.object({
  live: z.boolean(),
  place: z.string(),
  runs: z.array(runSchema),
  images: z.array(z.string()),
});

/** Checks a message of the `live` connection. */
export const liveMessageSchema: z.ZodType<LiveMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('catalogue'), catalogue: catalogueSchema }),
  z.object({ kind: z.literal('run'), run: runSchema }),
  z.object({ kind: z.literal('events'), name, events: z.array(runEventSchema) }),
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
  switch (message.kind) {
    case 'catalogue':
      return message.catalogue;
    case 'run': {
      const others = catalogue.runs.filter((run) => run.name !== message.run.name);
      return { ...catalogue, runs: [...others, message.run].sort(byName) };
    }
    case 'events': {
      const { name, events } = message;
      const runs = catalogue.runs.map((run) =>
        run.name === name && !isCorrupt(run) ? { ...run, events: withEvents(run.events, events) } : run,
      );
      return { ...catalogue, runs };
    }
    case 'gone':
      return { ...catalogue, runs: catalogue.runs.filter((run) => run.name !== message.name) };
  }
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
