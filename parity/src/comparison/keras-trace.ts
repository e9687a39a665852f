import type { NamedArray } from '@dropout-lab/contracts';
import type { ExchangeFolder } from '../exchange.ts';
import type { Trace, TrainingState } from './trace.ts';
import type { NamedShape, ScenarioWorkload, WorkloadSize } from './workload.ts';

/** Reads the trace that keras/train.py wrote of a scenario whose steps continue each other. */
export const readTrace = (
  folder: ExchangeFolder,
  { name, weights }: ScenarioWorkload,
  variant: string,
  { weightsAfter }: WorkloadSize,
): Promise<Trace> => readFiles(folder, `${name}.${variant}`, weights, weightsAfter.length);

/** Reads the trace of the first steps, each of which began in another variant's state. */
export const readSingleSteps = (
  folder: ExchangeFolder,
  { name, weights }: ScenarioWorkload,
  variant: string,
  { singleSteps }: WorkloadSize,
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

/** Reads Keras's state before each of the first steps and after the last of them, under our names. */
export const readStates = (
  folder: ExchangeFolder,
  { name, weights, slots }: ScenarioWorkload,
  variant: string,
  { singleSteps }: WorkloadSize,
): Promise<TrainingState[]> =>
  Promise.all(
    Array.from({ length: singleSteps + 1 }, async (_, step) => {
      const file = `${name}.${variant}.states.float32`;
      const arrays = await readArrays(folder, file, [...weights, ...slots], step);
      return { weights: arrays.slice(0, weights.length), slots: arrays.slice(weights.length) };
    }),
  );

/** Reads the arrays of one moment from a file that has the same arrays for every moment. */
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
