import type { BatchSource, NamedArray, Snapshot } from '@dropout-lab/contracts';
import { readWeights } from '@dropout-lab/model';
import { createReplica, initialProgress, type Replica, train } from '@dropout-lab/training';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Scenario } from './scenarios.ts';
import { buildScenarioModel, type WorkloadSize } from './workload.ts';

/** The weights and the optimizer's slots at a moment of a training run. */
export type TrainingState = Pick<Snapshot, 'weights' | 'slots'>;

/** The observed numbers of a training run, of Keras or of ours. */
export interface Trace {
  /** Mean loss of each step's batch, dropout on. */
  readonly losses: readonly number[];
  /** Euclidean norm of each trained weight's gradient, by step. */
  readonly gradientNorms: readonly (readonly number[])[];
  /** The weights after some of the steps, in the order of {@link WorkloadSize.weightsAfter}. */
  readonly weights: readonly (readonly NamedArray[])[];
}

type WritableTrace = { losses: number[]; gradientNorms: number[][]; weights: NamedArray[][] };

const emptyTrace = (): WritableTrace => ({ losses: [], gradientNorms: [], weights: [] });

/** Trains a scenario with our own loop on the active backend. */
export const traceOurs = async (
  scenario: Scenario,
  source: BatchSource,
  { steps, weightsAfter }: WorkloadSize,
): Promise<Trace> => {
  const model = buildScenarioModel(scenario);
  const trace = emptyTrace();
  const replica = watched(createReplica(model), trace);
  for await (const event of train({ model, config: scenario.config, train: source, replica })) {
    if (event.kind !== 'step') continue;
    if (weightsAfter.includes(event.step)) trace.weights.push(await readWeights(model));
    if (event.step === steps) break;
  }
  model.dispose();
  return trace;
};

/** Takes each of the first steps by itself, from the state that Keras was in before it. */
export const traceSingleSteps = async (
  scenario: Scenario,
  source: BatchSource,
  states: readonly TrainingState[],
): Promise<Trace> => {
  const model = buildScenarioModel(scenario);
  const trace = emptyTrace();
  const replica = watched(createReplica(model), trace);
  for (const [step, state] of states.entries()) {
    const resumeFrom = { ...state, progress: progressAt(step, scenario) };
    for await (const { kind } of train({
      model,
      config: scenario.config,
      train: source,
      replica,
      resumeFrom,
    })) {
      if (kind === 'step') break;
    }
    trace.weights.push(await readWeights(model));
  }
  model.dispose();
  return trace;
};

/** The progress at the start of the first epoch. */
const progressAt = (step: number, { config }: Scenario): Snapshot['progress'] => ({
  ...initialProgress(config.optimizer),
  stepInEpoch: step,
  step,
});

/** Adds what the replica computes to the trace. */
const watched = (replica: Replica, trace: WritableTrace): Replica => ({
  ...replica,
  gradients: async (slice, position) => {
    const result = await replica.gradients(slice, position);
    trace.losses.push(result.loss);
    trace.gradientNorms.push(await Promise.all(result.gradients.map(euclideanNorm)));
    return result;
  },
});

const euclideanNorm = async (gradient: Tensor): Promise<number> => {
  const values = await gradient.data<'float32'>();
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
};
