import type { RunEvent } from '@dropout-lab/contracts';

/** The weight of the newest step in the running mean of steps' seconds. */
const NEWEST = 0.1;

/**
 * Estimates the seconds that a run still takes, validation included once one has been seen.
 *
 * @param epochs Those that the run trains; the last one may be shorter.
 * @param maxSteps Steps after which it ends in any case; null for none.
 * @returns Called with every event, the estimate after it; undefined until a step has been measured.
 */
export const createEta = (
  epochs: number,
  maxSteps: number | null = null,
): ((event: RunEvent) => number | undefined) => {
  let stepSeconds: number | undefined;
  let validationSeconds = 0;
  let validatingSince = 0;
  let lastStep: number | undefined;
  let remaining: number | undefined;
  return (event) => {
    if (event.kind === 'step') {
      const seconds = lastStep === undefined ? undefined : (event.time - lastStep) / 1000;
      if (seconds !== undefined) {
        stepSeconds = stepSeconds === undefined ? seconds : stepSeconds + NEWEST * (seconds - stepSeconds);
      }
      lastStep = event.time;
      const { epoch, stepInEpoch, stepsPerEpoch } = event;
      const steps = Math.min(
        (epochs - epoch) * stepsPerEpoch + stepsPerEpoch - stepInEpoch,
        (maxSteps ?? Number.POSITIVE_INFINITY) - event.step,
      );
      if (stepSeconds !== undefined) {
        remaining = steps * stepSeconds + (epochs - epoch + 1) * validationSeconds;
      }
    } else if (event.kind === 'validating') {
      validatingSince = event.time;
    } else if (event.kind === 'epoch') {
      if (validatingSince > 0) validationSeconds = (event.time - validatingSince) / 1000;
      lastStep = undefined;
    }
    return remaining;
  };
};
