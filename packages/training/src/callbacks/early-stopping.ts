import type { CallbackConfig, NamedArray } from '@dropout-lab/contracts';
import { type Callback, isImprovement, type Monitor } from './callback.ts';

/** Options of {@link earlyStopping}, as in a run configuration. */
export type EarlyStoppingOptions = Omit<
  Extract<CallbackConfig, { name: 'early_stopping' }>,
  'name' | 'monitor'
> & { readonly monitor: Monitor };

/**
 * Stops training when the monitored metric has not improved by more than `minDelta` for `patience` epochs, as
 * `keras.callbacks.EarlyStopping`. With `restoreBestWeights` the model ends with the weights of its best epoch,
 * however training ends.
 */
export const earlyStopping = ({
  monitor,
  minDelta,
  patience,
  restoreBestWeights,
}: EarlyStoppingOptions): Callback => {
  let state = { best: null as number | null, wait: 0 };
  let bestWeights: readonly NamedArray[] = [];
  return {
    name: 'early_stopping',
    monitor,
    onEpochEnd: async (logs, controls) => {
      const current = logs[monitor];
      if (current === undefined) return;
      const improved = isImprovement(monitor, current, state.best, minDelta);
      if (restoreBestWeights && (improved || bestWeights.length === 0)) {
        bestWeights = await controls.readWeights();
      }
      state = improved ? { best: current, wait: 0 } : { ...state, wait: state.wait + 1 };
      if (!improved && state.wait >= patience && controls.epoch > 1) {
        controls.stop(`${monitor} has not improved since epoch ${controls.epoch - state.wait}`);
      }
    },
    onTrainEnd: (controls) => {
      if (bestWeights.length > 0) controls.writeWeights(bestWeights);
    },
    readState: () => ({ data: state, arrays: bestWeights }),
    writeState: ({ data, arrays = [] }) => {
      state = data as typeof state;
      bestWeights = arrays;
    },
  };
};
