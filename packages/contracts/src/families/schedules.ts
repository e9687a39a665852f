import { z } from 'zod';
import { count, number, positive } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const decaySteps = (description: string) => setting(count, description, { unit: 'steps' });

const constant = z.strictObject({ name: z.literal('constant') });

const exponentialDecay = z.strictObject({
  name: z.literal('exponential_decay'),
  decaySteps: decaySteps('Steps in which the rate falls by the decay rate'),
  decayRate: setting(
    number({ above: 0, max: 1 }),
    'Factor: the rate is learningRate * decayRate ^ (step / decaySteps)',
  ),
  staircase: setting(z.boolean().default(false), 'Fall in steps: the exponent is rounded down'),
});

const cosineDecay = z.strictObject({
  name: z.literal('cosine_decay'),
  decaySteps: decaySteps('Steps of the half cosine (Loshchilov & Hutter 2017)'),
  alpha: setting(number({ min: 0, max: 1 }).default(0), 'Where it ends, as a fraction of the learning rate'),
});

const piecewiseConstant = z
  .strictObject({
    name: z.literal('piecewise_constant'),
    boundaries: setting(z.array(count).min(1), 'Last steps of each value but the last, rising', {
      unit: 'steps',
    }),
    values: setting(z.array(positive).min(2), 'Learning rates, one more than boundaries'),
  })
  .refine((s) => s.values.length === s.boundaries.length + 1, 'expected one more value than boundaries')
  .refine(
    (s) => s.boundaries.every((b, i) => i === 0 || b > s.boundaries[i - 1]!),
    'expected boundaries to rise',
  );

/** The learning-rate schedules of `keras.optimizers.schedules`. */
export const scheduleSchema = z.discriminatedUnion('name', [
  constant,
  exponentialDecay,
  cosineDecay,
  piecewiseConstant,
]);

/** How the learning rate changes with the step. */
export type LearningRateScheduleConfig = z.output<typeof scheduleSchema>;
/** The name of a schedule. */
export type ScheduleName = LearningRateScheduleConfig['name'];
