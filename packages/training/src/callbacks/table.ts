import { type CallbackConfig, type CallbackName, callbackSchema, parseWith } from '@dropout-lab/contracts';
import type { Callback } from './callback.ts';
import { earlyStopping } from './early-stopping.ts';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.ts';
import { stopAtTarget } from './stop-at-target.ts';

type CallbackConfigOf<Name extends CallbackName> = Extract<CallbackConfig, { name: Name }>;

const callbackTable = {
  early_stopping: earlyStopping,
  reduce_lr_on_plateau: reduceLROnPlateau,
  stop_at_target: stopAtTarget,
} satisfies { readonly [Name in CallbackName]: (config: CallbackConfigOf<Name>) => Callback };

/** Returns the callback that a configuration describes. @throws ConfigError naming the first wrong setting. */
export const createCallback = (config: CallbackConfig): Callback => {
  const parsed = parseWith(callbackSchema, config, 'callback');
  const create = callbackTable[parsed.name] as (config: CallbackConfig) => Callback;
  return create(parsed);
};
