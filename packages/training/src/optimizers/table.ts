import {
  type OptimizerConfig,
  type OptimizerInput,
  type OptimizerName,
  optimizerSchema,
} from '@dropout-lab/contracts';
import type { TrainedWeight } from '@dropout-lab/model';
import { parseSettings } from '../checks/parse-settings.ts';
import { TrainingError } from '../errors.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { muon } from './muon.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/** One rule for all weights, or that of each, in their order. */
type Rules = UpdateRule | ((weights: readonly TrainedWeight[]) => readonly UpdateRule[]);

/** The update rule of each optimizer. */
const optimizerTable = {
  adam,
  sgd,
  adamw,
  rmsprop,
  muon,
} satisfies { readonly [Name in OptimizerName]: (config: OptimizerConfigOf<Name>) => Rules };

/**
 * Returns an optimizer with all of its settings.
 *
 * @throws TrainingError when there is no such optimizer, or a setting is out of range.
 */
export const completeOptimizer = (
  config: OptimizerInput | CustomOptimizer,
): OptimizerConfig | CustomOptimizer => {
  if (isCustom(config)) return config;
  const name: unknown = config?.name;
  if (typeof name !== 'string' || !Object.hasOwn(optimizerTable, name)) {
    throw new TrainingError(
      `optimizer: expected the settings of one of ${Object.keys(optimizerTable).join(', ')}, or an optimizer of defineOptimizer, found ${String(name ?? config)}`,
    );
  }
  return parseSettings(optimizerSchema, config, 'optimizer');
};

/** Returns the update rule of each weight by a complete configuration. */
export const rulesOf = (
  config: OptimizerConfig | CustomOptimizer,
  weights: readonly TrainedWeight[],
): readonly UpdateRule[] => {
  const rules = isCustom(config)
    ? config.createRule()
    : (optimizerTable[config.name] as (config: OptimizerConfig) => Rules)(config);
  return typeof rules === 'function' ? rules(weights) : weights.map(() => rules);
};

const isCustom = (config: OptimizerInput | CustomOptimizer): config is CustomOptimizer =>
  typeof config === 'object' && 'createRule' in config;
