import type { RunEndReason, RunEvent } from '@dropout-lab/contracts';

/** The last thing that training says. A run may have more to do, such as its evaluation, before it has ended too. */
export interface TrainingEnded {
  readonly kind: 'training-ended';
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Never `failed`: what goes wrong is thrown. */
  readonly reason: RunEndReason;
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer updates made. */
  readonly step: number;
  /** For a person: what the reason stands for here. */
  readonly message: string;
}

/** What training says while it goes on: the events of a run, but for those that follow when training has ended. */
export type TrainingEvent = Exclude<RunEvent, { kind: 'evaluated' | 'run-ended' }> | TrainingEnded;
