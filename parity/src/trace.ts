import type { BatchSource, NamedArray } from '@dropout-lab/contracts';
import { readWeights } from '@dropout-lab/model';
import { createReplica, type Replica, train } from '@dropout-lab/training';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ExchangeFolder } from './exchange.ts';
import type { Scenario } from './scenarios.ts';
import { buildScenarioModel, type Workload, type WorkloadSize } from './workload.ts';

/** What is seen of a training run, whoever runs it. */
export interface Trace {
  /** Mean crossentropy of each step's batch, dropout on. */
  readonly losses: readonly number[];
  /** Euclidean norm of each weight's gradient, by step. */
  readonly gradientNorms: readonly (readonly number[])[];
  /** The weights after some of the steps, in the order of {@link WorkloadSize.weightsAfter}. */
  readonly weights: readonly (readonly NamedArray[])[];
}

/** Trains a scenario with our own loop on the backend that is active. */
export const traceOurs = async (
  scenario: Scenario,
  source: BatchSource,
  { steps, weightsAfter }: WorkloadSize,
): Promise<Trace> => {
  const model = buildScenarioModel(scenario);
  const trace = { losses: [] as number[], gradientNorms: [] as number[][], weights: [] as NamedArray[][] };
  const replica = watched(createReplica(model), (loss, norms) => {
    trace.losses.push(loss);
    trace.gradientNorms.push(norms);
  });
  for await (const event of train({ model, config: scenario.config, train: source, replica })) {
    if (event.kind !== 'step') continue;
    if (weightsAfter.includes(event.step)) trace.weights.push(readWeights(model));
    if (event.step === steps) break;
  }
  model.dispose();
  return trace;
};

/** Reads what keras/train.py wrote. */
export const readTrace = async (
  folder: ExchangeFolder,
  { name }: Scenario,
  variant: string,
  { weights: layout, weightsAfter }: Workload,
): Promise<Trace> => {
  const { losses, gradientNorms } = (await folder.readJson(`${name}.${variant}.json`)) as Omit<
    Trace,
    'weights'
  >;
  const values = await folder.readFloat32(`${name}.${variant}.float32`);
  let end = 0;
  const weights = weightsAfter.map(() =>
    layout.map((weight) => {
      const start = end;
      end += weight.shape.reduce((product, length) => product * length, 1);
      return { ...weight, values: values.subarray(start, end) };
    }),
  );
  return { losses, gradientNorms, weights };
};

const watched = (replica: Replica, see: (loss: number, gradientNorms: number[]) => void): Replica => ({
  ...replica,
  gradients: async (slice, position) => {
    const result = await replica.gradients(slice, position);
    see(result.loss, await Promise.all(result.gradients.map(norm)));
    return result;
  },
});

const norm = async (tensor: Tensor): Promise<number> => euclidean(await tensor.data<'float32'>());

const euclidean = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
