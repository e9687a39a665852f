/** How long a training is. */
export interface TrainingLength {
  /** Updates in all. */
  readonly totalSteps: number;
  /** Epochs; the last one may be shorter. */
  readonly epochs: number;
  /** Returns the steps of an epoch, counted from 0. */
  stepsOf(epoch: number): number;
}

/** @param stepsPerEpoch Of a whole epoch. */
export const lengthOf = (
  { epochs, maxSteps }: { readonly epochs: number; readonly maxSteps: number | null },
  stepsPerEpoch: number,
): TrainingLength => {
  const totalSteps = Math.min(epochs * stepsPerEpoch, maxSteps ?? Number.POSITIVE_INFINITY);
  return {
    totalSteps,
    epochs: Math.ceil(totalSteps / stepsPerEpoch),
    stepsOf: (epoch) => Math.max(0, Math.min(stepsPerEpoch, totalSteps - epoch * stepsPerEpoch)),
  };
};
