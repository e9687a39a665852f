import { z } from 'zod';
import { count, countOrZero, number, positive } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const decaySteps = (description: string) => setting(count, description, { unit: 'steps' });
const stepsOfTraining = (description: string) =>
  setting(count.nullable().default(null), description, { unit: 'steps' });

const constant = z.strictObject({ name: z.literal('constant') });

const exponentialDecay = z.strictObject({
  name: z.literal('exponential_decay'),
  decaySteps: decaySteps('Steps in which the learning rate is multiplied by the decay rate once'),
  decayRate: setting(
    number({ above: 0, max: 1 }),
    'Factor of the decay: the rate is learningRate * decayRate ^ (step / decaySteps)',
  ),
  staircase: setting(z.boolean().default(false), 'Decay in discrete intervals: the exponent is rounded down'),
});

const cosineDecay = z
  .strictObject({
    name: z.literal('cosine_decay'),
    decaySteps: stepsOfTraining(
      'Steps of the half cosine (Loshchilov & Hutter 2017), after those of the warm-up; null is all that the training has left',
    ),
    alpha: setting(
      number({ min: 0, max: 1 }).default(0),
      'Last value, as a fraction of the learning rate, or of the warm-up target where there is one',
    ),
    warmupSteps: setting(
      countOrZero.default(0),
      'Steps in which the rate rises in a line from the learning rate to the target; 0 for none',
      { unit: 'steps' },
    ),
    warmupTarget: setting(
      positive.nullable().default(null),
      'Learning rate at the end of the warm-up, from which the cosine falls; null without a warm-up',
    ),
  })
  .superRefine(({ warmupSteps, warmupTarget }, context) => {
    if (warmupSteps > 0 === (warmupTarget !== null)) return;
    const [path, message] =
      warmupSteps > 0
        ? ['warmupTarget', `expected the rate at the end of ${warmupSteps} warmupSteps`]
        : ['warmupSteps', `expected steps of a warm-up to the warmupTarget of ${warmupTarget}`];
    context.addIssue({ code: 'custom', path: [path!], message: message! });
  });

const polynomialDecay = z.strictObject({
  name: z.literal('polynomial_decay'),
  decaySteps: stepsOfTraining('Steps in which the rate falls to its last value; null is all of the training'),
  endLearningRate: setting(number({ min: 0 }).default(0.0001), 'Last value of the learning rate'),
  power: setting(positive.default(1), 'Exponent of the polynomial; 1 is a straight line'),
  cycle: setting(
    z.boolean().default(false),
    'Decay again, over more steps, each time the last value is reached',
  ),
});

const piecewiseConstant = z
  .strictObject({
    name: z.literal('piecewise_constant'),
    boundaries: setting(z.array(count).min(1), 'Last step of each value but the final one, in rising order', {
      unit: 'steps',
    }),
    values: setting(z.array(positive).min(2), 'Learning rates, one more than there are boundaries'),
  })
  .refine((s) => s.values.length === s.boundaries.length + 1, 'expected one more value than boundaries')
  .refine(
    (s) => s.boundaries.every((b, i) => i === 0 || b > s.boundaries[i - 1]!),
    'expected boundaries to rise',
  );

const oneCycle = z.strictObject({
  name: z.literal('one_cycle'),
  totalSteps: stepsOfTraining('Steps of the whole cycle; null is all of the training'),
  warmupFraction: setting(
    number({ min: 0, max: 1 }).default(0.3),
    'Fraction of the steps after which the rate, rising in a line until then, is the learning rate; it then falls in a line (Smith & Topin 2018)',
  ),
  startFactor: setting(
    number({ min: 0, max: 1 }).default(0.04),
    'First value, as a fraction of the learning rate',
  ),
  endFactor: setting(number({ min: 0, max: 1 }).default(0), 'Last value, as a fraction of the learning rate'),
});

/** The learning-rate schedules of `keras.optimizers.schedules`, and one cycle. */
export const scheduleSchema = z.discriminatedUnion('name', [
  constant,
  exponentialDecay,
  cosineDecay,
  polynomialDecay,
  piecewiseConstant,
  oneCycle,
]);

/** How the learning rate changes with the step. */
export type LearningRateScheduleConfig = z.output<typeof scheduleSchema>;
/** A schedule as a user writes it: anything left out is the default. */
export type LearningRateScheduleInput = z.input<typeof scheduleSchema>;
/** The name of a schedule. */
export type ScheduleName = LearningRateScheduleConfig['name'];

/** Returns whether a schedule's steps are those of the training, so that its rates depend on how long that is. */
export const spansTraining = (schedule: LearningRateScheduleConfig): boolean =>
  ('decaySteps' in schedule && schedule.decaySteps === null) ||
  ('totalSteps' in schedule && schedule.totalSteps === null);
