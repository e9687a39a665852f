import { groupWeights, type OptimizerConfig, type WeightGroup } from '@dropout-lab/contracts';
import type { TrainedWeight } from '@dropout-lab/model';
import { TrainingError } from '../errors.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { rulesOf } from './table.ts';
import type { UpdateRule } from './update-rule.ts';

/** Groups of weights with settings of their own. */
export interface WeightGroupOptions {
  /** None when left out. */
  readonly groups?: readonly WeightGroup[] | undefined;
  /** Steps of an epoch, for groups that are trained in the first epochs only. */
  readonly stepsPerEpoch?: number | undefined;
}

/** Variables that are updated alike. */
export interface OptimizerPart {
  readonly rule: UpdateRule;
  readonly learningRateFactor: number;
  /** The first step, from 0, that does not change them; Infinity for those that every step changes. */
  readonly frozenFrom: number;
  /** Their places among the variables. */
  readonly members: readonly number[];
}

/**
 * Divides variables into those that are updated alike: of one group, or of none, by one rule.
 *
 * @throws TrainingError when a group names no weight, freezes all of them, or has a weight decay that the optimizer lacks.
 */
export const partsOf = (
  config: OptimizerConfig | CustomOptimizer,
  variables: readonly TrainedWeight[],
  { groups = [], stepsPerEpoch }: WeightGroupOptions,
): OptimizerPart[] => {
  const found = groupWeights(
    groups,
    variables.map(({ name }) => name),
  );
  if (found.finding !== undefined) throw new TrainingError(found.finding);
  return [undefined, ...groups].flatMap((group, place): OptimizerPart[] => {
    const decay = group?.weightDecay ?? null;
    const rules = rulesOf(decay === null ? config : withDecay(config, decay, place - 1), variables);
    const members = found.groups.flatMap((one, i) => (one === group ? [i] : []));
    return [...new Set(members.map((i) => rules[i]!))].map((rule) => ({
      rule,
      learningRateFactor: group?.learningRateFactor ?? 1,
      frozenFrom: group === undefined ? Number.POSITIVE_INFINITY : frozenFrom(group, stepsPerEpoch),
      members: members.filter((i) => rules[i] === rule),
    }));
  });
};

const frozenFrom = (
  { learningRateFactor, epochs }: WeightGroup,
  stepsPerEpoch: number | undefined,
): number => {
  if (learningRateFactor === 0) return 0;
  if (epochs === null) return Number.POSITIVE_INFINITY;
  if (stepsPerEpoch === undefined) {
    throw new TrainingError('weightGroups: expected stepsPerEpoch with a group that has epochs, found none');
  }
  return epochs * stepsPerEpoch;
};

/** An optimizer with another weight decay. */
const withDecay = (
  config: OptimizerConfig | CustomOptimizer,
  weightDecay: number,
  place: number,
): OptimizerConfig => {
  if ('createRule' in config || !('weightDecay' in config)) {
    throw new TrainingError(
      `weightGroups[${place}].weightDecay: expected null, since ${config.name} has no weight decay, found ${weightDecay}: leave it out, or choose an optimizer with one`,
    );
  }
  return { ...config, weightDecay, ...('adamWeightDecay' in config && { adamWeightDecay: weightDecay }) };
};
