import type { CallbackConfig } from '@dropout-lab/contracts';
import { type Callback, isImprovement, type Monitor } from './callback.ts';

/** Options of {@link stopAtTarget}, as in a run configuration. */
export type StopAtTargetOptions = Omit<
  Extract<CallbackConfig, { name: 'stop_at_target' }>,
  'name' | 'monitor'
> & { readonly monitor: Monitor };

/**
 * Stops training after the first epoch whose monitored metric is as good as `target` or better: at least `target` for
 * accuracies, at most `target` for losses. The epochs that it took compare settings by their speed.
 */
export const stopAtTarget = ({ monitor, target }: StopAtTargetOptions): Callback => ({
  name: 'stop_at_target',
  monitor,
  onEpochEnd: (logs, controls) => {
    const current = logs[monitor];
    if (current === undefined) return;
    if (current === target || isImprovement(monitor, current, target, 0)) {
      controls.stop(`${monitor} has reached ${target} after epoch ${controls.epoch}`);
    }
  },
});
