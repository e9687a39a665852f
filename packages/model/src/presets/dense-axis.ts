import type { ConstraintConfig } from '@dropout-lab/contracts';

type Axis = ConstraintConfig['axis'];

const FAN_IN = [0, 1, 2];

/**
 * All incoming weights of a filter, `[0, 1, 2]`, are for a dense kernel all incoming weights of a unit, `0`: one setting
 * serves both as Keras's documentation advises. Any other choice is used unchanged.
 */
export const denseAxis = (axis: Axis): Axis => {
  const axes = [axis].flat();
  return axes.length === FAN_IN.length && FAN_IN.every((one) => axes.includes(one)) ? 0 : axis;
};
