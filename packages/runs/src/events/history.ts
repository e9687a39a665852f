import type { EpochLogs, RunEndReason, RunEvent } from '@dropout-lab/contracts';

/** One epoch of Keras's History, flat. */
export interface EpochRow extends EpochLogs {
  /** From 1. */
  readonly epoch: number;
  /** Optimizer updates by the epoch's end. */
  readonly step: number;
  readonly learningRate: number;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
}

/**
 * Returns the events that are still valid: a run that resumes from step s trains the steps after s again, so what was said
 * of them before (steps, epochs, checkpoints) is dropped.
 *
 * @param events In the order written.
 */
export const withoutVoided = (events: readonly RunEvent[]): RunEvent[] =>
  events.reduce<RunEvent[]>((valid, event) => {
    const kept =
      event.kind === 'run-resumed' ? valid.filter((earlier) => !isLater(earlier, event.step)) : valid;
    kept.push(event);
    return kept;
  }, []);

const isLater = (event: RunEvent, step: number): boolean =>
  (event.kind === 'step' || event.kind === 'epoch' || event.kind === 'checkpoint') && event.step > step;

/**
 * A run's epochs in order, each once, however often the run was killed and resumed.
 *
 * @param events In the order written, as {@link parseEventLog} gives.
 */
export const readHistory = (events: readonly RunEvent[]): EpochRow[] => {
  const rows = new Map<number, EpochRow>();
  for (const event of withoutVoided(events)) {
    if (event.kind !== 'epoch') continue;
    const { epoch, step, logs, learningRate, seconds } = event;
    rows.set(epoch, { epoch, step, ...logs, learningRate, seconds });
  }
  return [...rows.values()];
};

/** `created`: not a step yet. `running`: neither ended nor known to be killed. */
export type RunStatus = 'created' | 'running' | RunEndReason;

/**
 * How a run stands by its own account. A killed run had no time to say so and is still `running` here; in
 * Node, `isBeingWritten` distinguishes the two.
 *
 * @param events In the order written.
 */
export const runStatus = (events: readonly RunEvent[]): RunStatus => {
  const last = events.findLast(
    ({ kind }) => kind === 'run-started' || kind === 'run-resumed' || kind === 'run-ended',
  );
  if (last === undefined) return 'created';
  return last.kind === 'run-ended' ? last.reason : 'running';
};
