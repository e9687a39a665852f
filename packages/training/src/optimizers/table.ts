import type { OptimizerConfig, OptimizerName } from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
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

/** Returns the update rule of a configuration. @throws TrainingError when there is no such optimizer. */
export const ruleOf = (config: OptimizerConfig | CustomOptimizer): UpdateRule => {
  if (typeof config === 'object' && 'createRule' in config) return config.createRule();
  const name: unknown = config?.name;
  if (typeof name === 'string' && Object.hasOwn(optimizerTable, name)) {
    const create = optimizerTable[name as OptimizerName] as (config: OptimizerConfig) => UpdateRule;
    return create(config as OptimizerConfig);
  }
  throw new TrainingError(
    `optimizer: expected the settings of one of ${Object.keys(optimizerTable).join(', ')}, or an optimizer of defineOptimizer, found ${String(name ?? config)}`,
  );
};
