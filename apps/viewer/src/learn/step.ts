import type { ComponentType } from 'preact';
import type { LearnStep } from '../shared/address.ts';

/** A step of Learn. */
export interface Step {
  readonly name: LearnStep;
  readonly title: string;
  /** The title in a word or two. */
  readonly short: string;
  /** Where its numbers come from. */
  readonly origin: string;
  /** A question that a teacher may ask, and the answer to expect. */
  readonly question: string;
  readonly answer: string;
  /** Of a frame of 900 to 1,200 pixels' width that has all of the step, in pixels. */
  readonly frameHeight: number;
  readonly Content: ComponentType<StepContentProps>;
}

export interface StepContentProps {
  /** Whether the step is in sight, or has been: what computes waits for it. */
  readonly isNear: boolean;
}
