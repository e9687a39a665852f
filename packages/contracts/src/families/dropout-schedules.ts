import { z } from 'zod';
import { number, positive } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const constant = z.strictObject({ name: z.literal('constant') });

const early = z.strictObject({
  name: z.literal('early'),
  fraction: setting(
    number({ above: 0, max: 1 }).default(0.2),
    'Fraction of the steps, the first ones, in which there is dropout; there is none afterwards (Liu et al. 2023)',
  ),
  form: setting(
    z.enum(['constant', 'linear']).default('constant'),
    'constant: at the whole rate until then; linear: falling in a line from it to 0',
  ),
});

const late = z.strictObject({
  name: z.literal('late'),
  fraction: setting(
    number({ min: 0, below: 1 }).default(0.2),
    'Fraction of the steps, the first ones, in which there is no dropout; there is afterwards (Liu et al. 2023)',
  ),
});

const curriculum = z.strictObject({
  name: z.literal('curriculum'),
  gamma: setting(
    positive.default(10),
    'Speed at which dropout comes: at step t of T the factor of its rate is 1 - exp(-gamma t / T) (Morerio et al. 2017)',
  ),
});

const factor = (description: string, defaultValue: number) =>
  setting(number({ min: 0, max: 1 }).default(defaultValue), description);

const linear = z.strictObject({
  name: z.literal('linear'),
  startFactor: factor('Factor of the rate at the first step', 0),
  endFactor: factor('Factor of the rate after the last step', 1),
});

/** How dropout rates change over training. */
export const dropoutScheduleSchema = z.discriminatedUnion('name', [
  constant,
  early,
  late,
  curriculum,
  linear,
]);

/** How dropout rates change with the step. */
export type DropoutScheduleConfig = z.output<typeof dropoutScheduleSchema>;
/** How dropout rates change with the step, as a user writes it. */
export type DropoutScheduleInput = z.input<typeof dropoutScheduleSchema>;
/** The name of a dropout schedule. */
export type DropoutScheduleName = DropoutScheduleConfig['name'];
