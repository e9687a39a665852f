import type { NamedArray, OptimizerConfig } from '@dropout-lab/contracts';
import type { ExchangeFolder } from './exchange.ts';
import type { Scenario } from './scenarios.ts';
import type { Trace, TrainingState } from './trace.ts';
import type { NamedShape, Workload } from './workload.ts';

/** What keras/train.py wrote of a scenario's steps together. */
export const readTrace = (
  folder: ExchangeFolder,
  { name }: Scenario,
  variant: string,
  { weights, weightsAfter }: Workload,
): Promise<Trace> => readFiles(folder, `${name}.${variant}`, weights, weightsAfter.length);

/** What it wrote of the first steps, each taken from another variant's state. */
export const readSingleSteps = (
  folder: ExchangeFolder,
  { name }: Scenario,
  variant: string,
  { weights, singleSteps }: Workload,
): Promise<Trace> => readFiles(folder, `${name}.${variant}.single`, weights, singleSteps);

const readFiles = async (
  folder: ExchangeFolder,
  name: string,
  weights: readonly NamedShape[],
  moments: number,
): Promise<Trace> => {
  const trace = (await folder.readJson(`${name}.json`)) as Omit<Trace, 'weights'>;
  const arrays = Array.from({ length: moments }, (_, moment) =>
    readArrays(folder, `${name}.float32`, weights, moment),
  );
  return { ...trace, weights: await Promise.all(arrays) };
};

/** Keras's state before each of the first steps and after the last of them, under our names. */
export const readStates = (
  folder: ExchangeFolder,
  { name, config }: Scenario,
  variant: string,
  { weights, singleSteps }: Workload,
): Promise<TrainingState[]> => {
  const slots = slotKinds(config.optimizer).flatMap((kind) =>
    weights.map((weight) => ({ ...weight, name: `${kind}/${weight.name}` })),
  );
  return Promise.all(
    Array.from({ length: singleSteps + 1 }, async (_, step) => {
      const layout = [...weights, ...slots];
      const arrays = await readArrays(folder, `${name}.${variant}.states.float32`, layout, step);
      return { weights: arrays.slice(0, weights.length), slots: arrays.slice(weights.length) };
    }),
  );
};

/** The prefixes of `createOptimizer` of @dropout-lab/training. */
const slotKinds = ({ name }: OptimizerConfig): readonly string[] =>
  name === 'adam' ? ['m', 'v'] : ['velocity'];

/** The arrays of one moment of a file that has the same arrays for every moment. */
const readArrays = async (
  folder: ExchangeFolder,
  file: string,
  layout: readonly NamedShape[],
  moment: number,
): Promise<NamedArray[]> => {
  const sizes = layout.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const values = await folder.readFloat32(file, moment * total, total);
  let end = 0;
  return layout.map((array, i) => {
    const start = end;
    end += sizes[i]!;
    return { ...array, values: values.subarray(start, end) };
  });
};
