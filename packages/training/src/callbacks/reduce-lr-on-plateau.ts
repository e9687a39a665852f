import type { CallbackConfig } from '@dropout-lab/contracts';
import { type Callback, isImprovement, type Monitor } from './callback.ts';

/** Options of {@link reduceLROnPlateau}, as in a run configuration. */
export type ReduceLROnPlateauOptions = Omit<
  Extract<CallbackConfig, { name: 'reduce_lr_on_plateau' }>,
  'name' | 'monitor'
> & { readonly monitor: Monitor };

/**
 * Multiplies the learning rate by `factor`, down to `minLearningRate`, when the monitored metric has not
 * improved by more than `minDelta` for `patience` epochs; then waits for `cooldown` epochs. As
 * `keras.callbacks.ReduceLROnPlateau`.
 */
export const reduceLROnPlateau = ({
  monitor,
  factor,
  patience,
  minDelta,
  cooldown,
  minLearningRate,
}: ReduceLROnPlateauOptions): Callback => {
  let state = { best: null as number | null, wait: 0, cooldown: 0 };
  return {
    name: 'reduce_lr_on_plateau',
    monitor,
    onEpochEnd: (logs, controls) => {
      const current = logs[monitor];
      if (current === undefined) return;
      if (state.cooldown > 0) state = { ...state, cooldown: state.cooldown - 1, wait: 0 };
      if (isImprovement(monitor, current, state.best, minDelta)) {
        state = { ...state, best: current, wait: 0 };
      } else if (state.cooldown === 0) {
        state = { ...state, wait: state.wait + 1 };
        if (state.wait >= patience && controls.learningRate > minLearningRate) {
          const reduced = Math.max(controls.learningRate * factor, minLearningRate);
          controls.scaleLearningRate(reduced / controls.learningRate);
          state = { ...state, cooldown, wait: 0 };
        }
      }
    },
    readState: () => ({ data: state }),
    writeState: ({ data }) => {
      state = data as typeof state;
    },
  };
};
