import type { CallbackConfig } from '@dropout-lab/contracts';
import type { Callback } from './callback.ts';
import { earlyStopping } from './early-stopping.ts';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.ts';

/** The callback that a configuration describes. */
export const createCallback = (config: CallbackConfig): Callback => {
  switch (config.name) {
    case 'early_stopping':
      return earlyStopping(config);
    case 'reduce_lr_on_plateau':
      return reduceLROnPlateau(config);
  }
};
