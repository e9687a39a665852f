import { z } from 'zod';
import { number, wholeNumber } from '../settings/numbers.ts';
import { type SettingMeta, setting } from '../settings/settings.ts';

const axis = wholeNumber({ min: 0, max: 3 });

/** The limit of a max-norm constraint. */
export const maxNormLimit = (meta: Pick<SettingMeta, 'flag'> = {}) =>
  setting(
    number({ above: 0 }).default(2),
    "Largest norm of each unit's incoming weights (Srivastava et al. 2014, section 5.1)",
    { label: 'max-norm', ...meta },
  );

const axes = z
  .union([axis, z.array(axis).min(1)], 'expected an axis from 0 to 3 or a list of them')
  .meta({ expected: 'an axis from 0 to 3 or a list of them' })
  .default(0);
const axesInWords =
  "Axes that the norm is taken over: 0 is Keras's default, [0, 1, 2] what Keras advises for Conv2D";

/** The axes of a max-norm constraint. */
export const maxNormAxis = (meta: Pick<SettingMeta, 'flag'> = {}) => setting(axes, axesInWords, meta);

const maxNorm = z.strictObject({
  name: z.literal('max_norm'),
  maxValue: maxNormLimit(),
  axis: maxNormAxis(),
});

const unitNorm = z.strictObject({ name: z.literal('unit_norm'), axis: setting(axes, axesInWords) });

/** The constraints that are applied to a kernel after every update, by Keras's names. */
export const constraintSchema = z.discriminatedUnion('name', [maxNorm, unitNorm]);

/** A constraint with its settings. */
export type ConstraintConfig = z.output<typeof constraintSchema>;
/** The name of a constraint. */
export type ConstraintName = ConstraintConfig['name'];
