import {
  ConfigError,
  type OptimizerConfig,
  type OptimizerInput,
  type OptimizerName,
  optimizerSchema,
  parseWith,
} from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { CustomOptimizer } from './define-optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';

/** The update rule of each optimizer. */
const optimizerTable = {
  adam,
  sgd,
  adamw,
  rmsprop,
} satisfies { readonly [Name in OptimizerName]: (config: OptimizerConfigOf<Name>) => UpdateRule };

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
  try {
    return parseWith(optimizerSchema, config, 'optimizer');
  } catch (error) {
    throw error instanceof ConfigError ? new TrainingError(error.message) : error;
  }
};

/** Returns the update rule of a complete configuration. */
export const ruleOf = (config: OptimizerConfig | CustomOptimizer): UpdateRule => {
  if (isCustom(config)) return config.createRule();
  const create = optimizerTable[config.name] as (config: OptimizerConfig) => UpdateRule;
  return create(config);
};

const isCustom = (config: OptimizerInput | CustomOptimizer): config is CustomOptimizer =>
  typeof config === 'object' && 'createRule' in config;
