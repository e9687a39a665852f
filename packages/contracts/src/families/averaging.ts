import { z } from 'zod';
import { count, number } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const none = z.strictObject({ name: z.literal('none') });

const ema = z
  .strictObject({
    name: z.literal('ema'),
    momentum: setting(
      number({ min: 0, max: 1 }).default(0.99),
      'Share of the average that a step keeps: average = momentum average + (1 - momentum) weights (Polyak & Juditsky 1992)',
    ),
    overwriteFrequency: setting(
      count.nullable().default(null),
      'Steps after which the weights take the value of the average, again and again; null is at the end of training alone',
      { unit: 'steps' },
    ),
  })
  .meta({ title: 'EMA' });

const lookahead = z.strictObject({
  name: z.literal('lookahead'),
  period: setting(
    count.default(5),
    'Steps after which the slow weights move towards the weights, which take their value (Zhang et al. 2019)',
    { unit: 'steps' },
  ),
  decay: setting(
    number({ min: 0, max: 1 }).default(0.5),
    'Share d of the slow weights that a move keeps: slow = d slow + (1 - d) weights',
  ),
  power: setting(
    number({ min: 0 }).default(0),
    'Exponent of the growth of that share: at step t of T it is decay (t / T)^power; 0 is a constant share',
  ),
});

/** The averages of weights over training. */
export const averagingSchema = z.discriminatedUnion('name', [none, ema, lookahead]);

/** How weights are averaged, with its settings. */
export type AveragingConfig = z.output<typeof averagingSchema>;
/** How weights are averaged, as a user writes it. */
export type AveragingInput = z.input<typeof averagingSchema>;
/** The name of a way to average weights. */
export type AveragingName = AveragingConfig['name'];
