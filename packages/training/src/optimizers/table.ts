import type { OptimizerConfig, OptimizerName } from '@dropout-lab/contracts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { sgd } from './sgd.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/** The update rule of each optimizer. */
const optimizerTable = {
  adam,
  sgd,
  adamw,
} satisfies { readonly [Name in OptimizerName]: (config: OptimizerConfigOf<Name>) => UpdateRule };

/** The update rule of a configuration. */
export const ruleOf = (config: OptimizerConfig | CustomOptimizer): UpdateRule => {
  if ('createRule' in config) return config.createRule();
  const create = optimizerTable[config.name] as (config: OptimizerConfig) => UpdateRule;
  return create(config);
};
