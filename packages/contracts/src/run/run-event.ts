import { z } from 'zod';
import { figure } from '../settings/numbers.ts';

const time = z.number();
const count = z.number().int().min(0);

/**
 * What Keras's History holds of one epoch, under Keras's names, metrics of the user's own included. Validation metrics
 * are absent without validation images.
 */
const epochLogsSchema = z
  .object({
    loss: figure,
    accuracy: figure.optional(),
    val_loss: figure.optional(),
    val_accuracy: figure.optional(),
  })
  .catchall(figure.optional());

export const endReasonSchema = z.enum(['completed', 'early_stopping', 'interrupted', 'nan', 'failed']);

/**
 * What a run says while it goes on. `time` is milliseconds since 1970; `epoch` counts from 1, as Keras
 * prints it; `step` is the number of optimizer updates so far.
 */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run-started'), time, epochs: count, stepsPerEpoch: count }),
  /** Training goes on from a checkpoint: whatever was said of later steps is void. */
  z.object({ kind: z.literal('run-resumed'), time, epoch: count, step: count }),
  /** `loss` and `accuracy` are means over the epoch so far, dropout on, as Keras's progress bar shows them. */
  z.object({
    kind: z.literal('step'),
    time,
    epoch: count,
    step: count,
    stepInEpoch: count,
    stepsPerEpoch: count,
    loss: figure,
    accuracy: figure.optional(),
    /** Metrics of the user's own by name, means like the two above. */
    metrics: z.record(z.string(), figure).optional(),
    learningRate: z.number(),
    /** Images trained in this step over the seconds since the step before. */
    imagesPerSecond: figure,
  }),
  /** Something that a person should know of, though training goes on. */
  z.object({ kind: z.literal('warning'), time, message: z.string() }),
  /** Validation at the epoch's end has begun; for the progress line. */
  z.object({ kind: z.literal('validating'), time, epoch: count }),
  z.object({
    kind: z.literal('epoch'),
    time,
    epoch: count,
    step: count,
    logs: epochLogsSchema,
    learningRate: z.number(),
    seconds: z.number(),
  }),
  z.object({
    kind: z.literal('checkpoint'),
    time,
    name: z.enum(['last', 'best']),
    epoch: count,
    step: count,
  }),
  z.object({
    kind: z.literal('evaluated'),
    time,
    split: z.enum(['test']),
    loss: figure,
    accuracy: figure,
  }),
  z.object({
    kind: z.literal('run-ended'),
    time,
    reason: endReasonSchema,
    epoch: count,
    step: count,
    message: z.string(),
  }),
]);

/** Something that happened in a run, told apart by `kind`; times are milliseconds since 1970. */
export type RunEvent = z.output<typeof runEventSchema>;
/** An epoch's figures, by Keras's names; those of validation are absent without one. */
export type EpochLogs = z.output<typeof epochLogsSchema>;
/** Why a run ended. Only `interrupted` and `failed` runs have something left to resume. */
export type RunEndReason = z.output<typeof endReasonSchema>;

/** The event in a parsed JSON value, or undefined when it is none, or of a kind that this version does not know. */
export const parseRunEvent = (value: unknown): RunEvent | undefined => {
  const result = runEventSchema.safeParse(value);
  return result.success ? result.data : undefined;
};
