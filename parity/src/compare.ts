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

/** Who trains: one of our backends, or Keras in another way. */
export interface Runner {
  readonly title: string;
  readonly isOurs: boolean;
}

/** How far a run is from Keras's. */
export interface RunComparison {
  readonly scenario: Scenario;
  readonly runner: Runner;
  readonly together: Comparison;
  readonly single: SingleStepComparison;
}

/** Of steps that each begin where the one before has led. Differences by number of steps. */
export interface Comparison {
  readonly losses: ReadonlyMap<number, Difference>;
  readonly gradientNorms: ReadonlyMap<number, Difference>;
  readonly weights: ReadonlyMap<number, Difference>;
}

/** Of steps that each begin where Keras's does: the largest differences at any of them. */
export interface SingleStepComparison {
  readonly loss: Difference;
  readonly gradientNorms: Difference;
  readonly weights: Difference;
}

/** The steps that the promises are about. */
const promisedSteps = 20;

/** What is promised of the first {@link promisedSteps} steps. */
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

/** Whether the losses and the weights of the promised steps are as near as promised; NaN never is. */
export const isKeptTogether = ({ together: { losses, weights } }: RunComparison): boolean =>
  everyPromised(losses, isLossWithin) && everyPromised(weights, isWeightWithin);

/** The same of steps that each begin where Keras's does. */
export const isKeptSingly = ({ single: { loss, weights } }: RunComparison): boolean =>
  isLossWithin(loss) && isWeightWithin(weights);

const isLossWithin = ({ relative }: Difference): boolean => relative <= limits.relativeLoss;
const isWeightWithin = ({ absolute }: Difference): boolean => absolute <= limits.absoluteWeight;

const everyPromised = (
  differences: ReadonlyMap<number, Difference>,
  holds: (difference: Difference) => boolean,
): boolean => [...differences].every(([steps, difference]) => steps > promisedSteps || holds(difference));
