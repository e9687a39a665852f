import { signal } from '@preact/signals';

/** The training of the page, for those who look at another part of it. */
export interface TrainingNow {
  readonly state: 'training' | 'paused' | 'ended' | 'failed';
  /** The runs, by what they differ in. */
  readonly title: string;
  /** `epoch 3 of 30`, once that is known. */
  readonly progress?: string | undefined;
}

/** Null while nothing is trained. The page that trains sets it, whose code is loaded later. */
export const trainingNow = signal<TrainingNow | null>(null);
