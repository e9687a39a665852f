import type { DropoutScheduleConfig, DropoutScheduleName } from '@dropout-lab/contracts';

/** As {@link dropoutFactorAt} without the schedule. */
type DropoutSchedule = (step: number, totalSteps: number) => number;

type ConfigOf<Name extends DropoutScheduleName> = Extract<DropoutScheduleConfig, { name: Name }>;

/** Dropout at first, then none (Liu et al. 2023, "Dropout reduces underfitting"), as in the authors' code. */
const early =
  ({ fraction, form }: ConfigOf<'early'>): DropoutSchedule =>
  (step, totalSteps) => {
    const steps = Math.round(fraction * totalSteps);
    if (step >= steps) return 0;
    return form === 'constant' || steps === 1 ? 1 : 1 - step / (steps - 1);
  };

/** No dropout at first (Liu et al. 2023). */
const late =
  ({ fraction }: ConfigOf<'late'>): DropoutSchedule =>
  (step, totalSteps) =>
    step < Math.round(fraction * totalSteps) ? 0 : 1;

/** Curriculum dropout (Morerio et al. 2017): units are kept with probability (1 - keep) exp(-gamma t) + keep. */
const curriculum =
  ({ gamma }: ConfigOf<'curriculum'>): DropoutSchedule =>
  (step, totalSteps) =>
    1 - Math.exp((-gamma * step) / totalSteps);

const linear =
  ({ startFactor, endFactor }: ConfigOf<'linear'>): DropoutSchedule =>
  (step, totalSteps) =>
    startFactor + (endFactor - startFactor) * (step / totalSteps);

const dropoutScheduleTable = {
  constant: () => () => 1,
  early,
  late,
  curriculum,
  linear,
} satisfies { readonly [Name in DropoutScheduleName]: (config: ConfigOf<Name>) => DropoutSchedule };

/**
 * Returns the factor of every dropout rate in an update, from 0 to 1: a function of the step alone.
 *
 * @param step Updates made before this one, from 0.
 * @param totalSteps Updates of the whole training.
 */
export const dropoutFactorAt = (
  schedule: DropoutScheduleConfig,
  step: number,
  totalSteps: number,
): number => {
  const create = dropoutScheduleTable[schedule.name] as (config: DropoutScheduleConfig) => DropoutSchedule;
  return create(schedule)(step, totalSteps);
};
