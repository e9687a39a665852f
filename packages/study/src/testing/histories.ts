import type { EpochRow } from '@dropout-lab/runs';

/** An epoch of 10 steps in 20 seconds, with the given metrics. */
export const rowOf = (epoch: number, metrics: Partial<EpochRow>): EpochRow => ({
  epoch,
  step: epoch * 10,
  learningRate: 0.001,
  seconds: 20,
  loss: 1,
  accuracy: 0.5,
  ...metrics,
});
