import {
  type Difference,
  gradientNormDifference,
  largest,
  lossDifference,
  weightDifference,
} from './difference.ts';
import type { Scenario } from './scenarios.ts';
import type { Trace } from './trace.ts';
import type { WorkloadSize } from './workload.ts';

/** A side of the comparison: one of our backends, or Keras with other kernels. */
export interface Runner {
  readonly title: string;
  readonly isOurs: boolean;
}

/** The differences between a run and Keras's run. */
export interface RunComparison {
  readonly scenario: Scenario;
  readonly runner: Runner;
  readonly together: Comparison;
  readonly single: SingleStepComparison;
}

/** Differences by number of steps, when each step begins where the one before ended. */
export interface Comparison {
  readonly losses: ReadonlyMap<number, Difference>;
  readonly gradientNorms: ReadonlyMap<number, Difference>;
  readonly weights: ReadonlyMap<number, Difference>;
}

/** The largest differences of any step, when each step begins in Keras's state. */
export interface SingleStepComparison {
  readonly loss: Difference;
  readonly gradientNorms: Difference;
  readonly weights: Difference;
}

/** The steps that the promises are about. */
const promisedSteps = 20;

/** The largest differences that are promised for the first {@link promisedSteps} steps. */
const limits = { relativeLoss: 1e-5, absoluteWeight: 1e-4 };

export const compare = (
  { steps, weightsAfter }: WorkloadSize,
  reference: Trace,
  trace: Trace,
): Comparison => {
  const spans = [...new Set([Math.min(promisedSteps, steps), steps])];
  const over = (difference: typeof lossDifference) =>
    new Map(spans.map((span) => [span, difference(reference, trace, span)]));
  return {
    losses: over(lossDifference),
    gradientNorms: over(gradientNormDifference),
    weights: new Map(
      weightsAfter.map((after, moment) => [after, weightDifference(reference, trace, moment)]),
    ),
  };
};

export const compareSingleSteps = (reference: Trace, trace: Trace): SingleStepComparison => {
  const steps = trace.losses.length;
  return {
    loss: lossDifference(reference, trace, steps),
    gradientNorms: gradientNormDifference(reference, trace, steps),
    weights: largest(trace.weights.map((_, moment) => weightDifference(reference, trace, moment))),
  };
};

/** Whether the losses and the weights of the promised steps are within the limits; NaN never is. */
export const isKeptTogether = ({ together: { losses, weights } }: RunComparison): boolean =>
  everyPromised(losses, isLossWithin) && everyPromised(weights, isWeightWithin);

/** Does the same for steps that each begin in Keras's state. */
export const isKeptSingly = ({ single: { loss, weights } }: RunComparison): boolean =>
  isLossWithin(loss) && isWeightWithin(weights);

const isLossWithin = ({ relative }: Difference): boolean => relative <= limits.relativeLoss;
const isWeightWithin = ({ absolute }: Difference): boolean => absolute <= limits.absoluteWeight;

const everyPromised = (
  differences: ReadonlyMap<number, Difference>,
  isWithin: (difference: Difference) => boolean,
): boolean => [...differences].every(([steps, difference]) => steps > promisedSteps || isWithin(difference));
