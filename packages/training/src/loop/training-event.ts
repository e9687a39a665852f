import type { RunEndReason, RunEvent } from '@dropout-lab/contracts';

/** The last event of training. The run may have more to do, such as its evaluation, before it ends too. */
export interface TrainingEnded {
  readonly kind: 'training-ended';
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Never `failed`: errors are thrown. */
  readonly reason: RunEndReason;
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer updates made. */
  readonly step: number;
  /** The reason in words. */
  readonly message: string;
}

/** An event of training: those of a run, without the ones that follow when training has ended. */
export type TrainingEvent = Exclude<RunEvent, { kind: 'evaluated' | 'run-ended' }> | TrainingEnded;
