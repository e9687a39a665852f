import type { AveragingConfig, NamedArray } from '@dropout-lab/contracts';
import { allWeights, trainedWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { createSlots, readArrays, requireArrays, writeArrays } from '../optimizers/slots.ts';
import type { AveragedVariable } from './averaging.ts';
import { averagingOf } from './table.ts';

/** The averages of a model's weights in training. */
export interface Averager {
  /** Called after the optimizer's update, before the weights' constraints; `step` counts the updates before it. */
  afterUpdate(step: number): void;
  /** Called after the weights' constraints. */
  afterConstraints(step: number): void;
  /** Makes the weights take the value of their averages at the end of training; returns whether there are any. */
  end(): boolean;
  /** Returns a copy of the averages, for a checkpoint. */
  readSlots(): Promise<NamedArray[]>;
  /** Returns a function that sets the averages. @throws TrainingError when they are not those of this averaging. */
  prepareSlots(slots: readonly NamedArray[]): () => void;
  dispose(): void;
}

/** The options of {@link createAverager}. */
export interface AveragerOptions {
  /** Steps of the whole training. */
  readonly totalSteps: number;
  /** Variables that no step changes. */
  readonly frozen: ReadonlySet<tf.Variable>;
}

/** The prefix of the names of averages among a snapshot's slots. */
const PREFIX = 'averaging/';

/** Whether an array among a snapshot's slots is an average. */
export const isAverage = ({ name }: NamedArray): boolean => name.startsWith(PREFIX);

export const createAverager = (
  model: LayersModel,
  config: AveragingConfig,
  { totalSteps, frozen }: AveragerOptions,
): Averager => {
  const rule = averagingOf(config);
  const weights =
    rule === undefined
      ? []
      : rule.of === 'all'
        ? allWeights(model)
        : trainedWeights(model).filter(({ variable }) => !frozen.has(variable));
  const averages = createSlots(`${PREFIX}${config.name}`, weights, rule?.startsAsWeights);
  const pairs = weights.map(
    ({ variable }, i): AveragedVariable => ({ variable, average: averages[i]!.variable }),
  );
  const forEach = (visit: (one: AveragedVariable) => void): void => {
    for (const one of pairs) tf.tidy(() => visit(one));
  };
  const end = (): boolean => {
    forEach(({ variable, average }) => variable.assign(tf.clone(average)));
    return pairs.length > 0;
  };
  return {
    afterUpdate: (step) => {
      if (rule?.afterUpdate) forEach((one) => rule.afterUpdate!(one, step));
    },
    afterConstraints: (step) => {
      if (rule?.afterConstraints) forEach((one) => rule.afterConstraints!(one, step, totalSteps));
      if (rule?.endsBeforeValidation && step + 1 === totalSteps) end();
    },
    end,
    readSlots: () => readArrays(averages),
    prepareSlots: (slots) => {
      const found = requireArrays('averaging', averages, slots);
      return () => writeArrays(averages, found);
    },
    dispose: () => {
      for (const { variable } of averages) variable.dispose();
    },
  };
};
