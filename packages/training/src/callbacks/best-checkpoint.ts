import { type Callback, isImprovement, type Monitor } from './callback.ts';

/** Keeps the weights of the best epoch so far as the run's best checkpoint: `keras.callbacks.ModelCheckpoint` with `save_best_only`. */
export const bestCheckpoint = (monitor: Monitor): Callback => {
  let best: number | null = null;
  return {
    name: 'best_checkpoint',
    onEpochEnd: async (logs, controls) => {
      const current = logs[monitor];
      if (current === undefined || !isImprovement(monitor, current, best, 0)) return;
      best = current;
      await controls.saveBest();
    },
    readState: () => ({ data: best }),
    writeState: ({ data }) => {
      best = data as typeof best;
    },
  };
};
