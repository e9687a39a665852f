import type { AveragingConfig, AveragingName } from '@dropout-lab/contracts';
import type { AveragingConfigOf, AveragingRule } from './averaging.ts';
import { ema } from './ema.ts';
import { lookahead } from './lookahead.ts';

const averagingTable = {
  none: () => undefined,
  ema,
  lookahead,
} satisfies {
  readonly [Name in AveragingName]: (config: AveragingConfigOf<Name>) => AveragingRule | undefined;
};

/** Returns the rule of a configuration; undefined where weights are not averaged. */
export const averagingOf = (config: AveragingConfig): AveragingRule | undefined => {
  const create = averagingTable[config.name] as (config: AveragingConfig) => AveragingRule | undefined;
  return create(config);
};
