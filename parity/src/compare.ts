import { type Difference, gradientNormDifference, lossDifference, weightDifference } from './difference.ts';
import type { Scenario } from './scenarios.ts';
import type { Trace } from './trace.ts';
import type { WorkloadSize } from './workload.ts';

/** How far one run is from Keras's, quantity by quantity. */
export interface Comparison {
  readonly scenario: Scenario;
  /** Who ran it: a backend, or Keras in another way. */
  readonly runner: string;
  /** By number of steps. */
  readonly losses: ReadonlyMap<number, Difference>;
  readonly gradientNorms: ReadonlyMap<number, Difference>;
  readonly weights: ReadonlyMap<number, Difference>;
}

/** The steps that the promises are about. */
export const promisedSteps = 20;

/** What is promised of the first {@link promisedSteps} steps. */
export const limits = { relativeLoss: 1e-5, absoluteWeight: 1e-4 };

export const compare = (
  scenario: Scenario,
  runner: string,
  { steps, weightsAfter }: WorkloadSize,
  reference: Trace,
  trace: Trace,
): Comparison => {
  const spans = [...new Set([Math.min(promisedSteps, steps), steps])];
  const over = (difference: typeof lossDifference) =>
    new Map(spans.map((span) => [span, difference(reference, trace, span)]));
  return {
    scenario,
    runner,
    losses: over(lossDifference),
    gradientNorms: over(gradientNormDifference),
    weights: new Map(
      weightsAfter.map((after, moment) => [after, weightDifference(reference, trace, moment)]),
    ),
  };
};

/** Whether the loss and the weights of the promised steps are as near as promised; NaN never is. */
export const keepsPromise = ({ losses, weights }: Comparison): boolean =>
  everyWithin(losses, ({ relative }) => relative <= limits.relativeLoss) &&
  everyWithin(weights, ({ absolute }) => absolute <= limits.absoluteWeight);

const everyWithin = (
  differences: ReadonlyMap<number, Difference>,
  holds: (difference: Difference) => boolean,
): boolean => [...differences].every(([steps, difference]) => steps > promisedSteps || holds(difference));
