import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import type { DropoutPosition } from '../layers/noise/noise-layer.ts';
import { positionedLayers } from '../layers/noise/positioned.ts';

/** A slice of a batch in a pass through several. */
export interface SliceOfBatch {
  /** The index in the whole batch of its first row. */
  readonly rowOffset: number;
  /**
   * Clones of the model's trained variables, in the order of `trainedWeights`, which its layers read in their place: a gradient
   * with respect to one is of this slice alone.
   */
  readonly weights: readonly Tensor[];
}

/** Runs something as a part of the computation of a slice: with its weights, and its place in the batch for random masks. */
export type WithinSlice = <Result>(slice: number, run: () => Result) => Result;

/**
 * Runs a pass through slices of a batch that takes turns with them.
 *
 * @param pass `step`: optimizer updates so far; `rateFactor`: factor of every dropout rate. Both are for random masks.
 */
export const passThroughSlices = <Result>(
  model: LayersModel,
  {
    slices,
    step,
    rateFactor,
  }: {
    readonly slices: readonly SliceOfBatch[];
    readonly step: number;
    readonly rateFactor?: number | undefined;
  },
  run: (within: WithinSlice) => Result,
): Result => {
  const variables = trainedVariables(model);
  const noise = positionedLayers(model);
  const positions = slices.map(({ rowOffset }): DropoutPosition[] =>
    noise.map(() => ({ step, rowOffset, call: 0, rateFactor })),
  );
  let current: readonly Tensor[] | undefined;
  variables.forEach((variable, i) => {
    const { read } = variable;
    variable.read = () => current?.[i] ?? read.call(variable);
  });
  const within: WithinSlice = (slice, run) => {
    current = slices[slice]!.weights;
    noise.forEach((layer, i) => {
      layer.position = positions[slice]![i]!;
    });
    try {
      return run();
    } finally {
      current = undefined;
      positions[slice] = noise.map(({ position }) => position);
    }
  };
  try {
    return run(within);
  } finally {
    // The method of the class is found again.
    for (const variable of variables) Reflect.deleteProperty(variable, 'read');
  }
};

/** As {@link trainedWeights} has them. */
const trainedVariables = ({ trainableWeights }: LayersModel): LayerVariable[] => [
  ...new Map(trainableWeights.map((weight) => [weight.id, weight])).values(),
];
