import { ConfigError, type ModelSpec } from '@dropout-lab/contracts';
import type { Axes } from './max-norm.ts';

type MaxNormSpec = NonNullable<ModelSpec['maxNorm']>;

const CONV2D_FAN_IN = [0, 1, 2];

/**
 * The max-norm axes of a kernel of the given rank. All incoming weights of a filter, `[0, 1, 2]`, are for a
 * Dense kernel all incoming weights of a unit, `0`: one setting serves both as Keras's documentation advises.
 * Any other choice is taken as it stands.
 *
 * @throws ConfigError when an axis is named twice or the kernel has no such axis.
 */
export const kernelAxes = ({ axis }: MaxNormSpec, layer: string, rank: number): Axes => {
  const axes = [axis].flat();
  const isFanIn = axes.length === CONV2D_FAN_IN.length && CONV2D_FAN_IN.every((one) => axes.includes(one));
  if (isFanIn && rank === 2) return 0;
  if (new Set(axes).size === axes.length && axes.every((one) => one < rank)) return axis;
  throw new ConfigError(
    `model spec: maxNorm.axis: expected distinct axes below ${rank} for the kernel of ${layer} (rank ${rank}), received ${JSON.stringify(axis)}: use 0, or [0, 1, 2] for all incoming weights of every filter and unit`,
    ['maxNorm', 'axis'],
  );
};
