import { z } from 'zod';
import { numberOrNaN } from '../settings/numbers.ts';

const time = z.number();
const count = z.number().int().min(0);

/**
 * An epoch's metrics as in Keras's History, under Keras's names, metrics of the user's own included. Validation metrics
 * are absent without validation images.
 */
const epochLogsSchema = z
  .object({
    loss: numberOrNaN,
    accuracy: numberOrNaN.optional(),
    val_loss: numberOrNaN.optional(),
    val_accuracy: numberOrNaN.optional(),
  })
  .catchall(numberOrNaN.optional());

export const endReasonSchema = z.enum(['completed', 'early_stopping', 'interrupted', 'nan', 'failed']);

/**
 * Something that happened in a run. `time` is milliseconds since 1970; `epoch` counts from 1, as Keras
 * prints it; `step` is the number of optimizer updates so far.
 */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run-started'), time, epochs: count, stepsPerEpoch: count }),
  /** Training goes on from a checkpoint: earlier events of later steps are void. */
  z.object({
    kind: z.literal('run-resumed'),
    time,
    epoch: count,
    step: count,
    /** Replicas that share each batch from here on; absent in runs of earlier versions, which resumed on as many as before. */
    workers: count.min(1).optional(),
  }),
  /** `loss` and `accuracy` are means over the epoch so far, dropout on, as Keras's progress bar shows them. */
  z.object({
    kind: z.literal('step'),
    time,
    epoch: count,
    step: count,
    stepInEpoch: count,
    stepsPerEpoch: count,
    loss: numberOrNaN,
    accuracy: numberOrNaN.optional(),
    /** Metrics of the user's own by name, means like the two above. */
    metrics: z.record(z.string(), numberOrNaN).optional(),
    learningRate: z.number(),
    /** Images trained in this step over the seconds since the step before. */
    imagesPerSecond: numberOrNaN,
  }),
  /** Something that a person should know about, though training goes on. */
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
    loss: numberOrNaN,
    accuracy: numberOrNaN,
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

/** Something that happened in a run; `kind` says what. Times are milliseconds since 1970. */
export type RunEvent = z.output<typeof runEventSchema>;
/** An epoch's metrics, by Keras's names; those of validation are absent without validation images. */
export type EpochLogs = z.output<typeof epochLogsSchema>;
/** Why a run ended. Only `interrupted` and `failed` runs have something left to resume. */
export type RunEndReason = z.output<typeof endReasonSchema>;

/** Returns the event in a parsed JSON value; undefined for anything else, and for kinds that this version does not know. */
export const parseRunEvent = (value: unknown): RunEvent | undefined => {
  const result = runEventSchema.safeParse(value);
  return result.success ? result.data : undefined;
};
