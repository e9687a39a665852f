import { ConfigError, type ConstraintConfig, type ConstraintName } from '@dropout-lab/contracts';
import type { RandomKey } from '@dropout-lab/random';
import { uniform } from '@dropout-lab/random';
import type { Constraint } from '../constraints/constraint.ts';
import { maxNorm } from '../constraints/max-norm.ts';
import { unitNorm } from '../constraints/unit-norm.ts';
import type { LayerOf } from './layer.ts';

type WithKernel = LayerOf<'conv2d' | 'dense'>;

type ConstraintOf<Name extends ConstraintName> = Extract<ConstraintConfig, { name: Name }>;

const constraints: { readonly [Name in ConstraintName]: (config: ConstraintOf<Name>) => Constraint } = {
  max_norm: ({ maxValue, axis }) => maxNorm(maxValue, axis),
  unit_norm: ({ axis }) => unitNorm(axis),
};

const createConstraint = <Name extends ConstraintName>(config: ConstraintOf<Name>): Constraint =>
  constraints[config.name as Name](config);

/** The TensorFlow.js arguments of the settings that every layer with a kernel has. */
export const kernelArgs = ({ activation, kernelInitializer, kernelConstraint }: WithKernel) => ({
  activation,
  // For readers of model.json; initial weights are drawn by drawKernel.
  kernelInitializer: initializers[kernelInitializer].stock,
  ...(kernelConstraint && { kernelConstraint: createConstraint(kernelConstraint) }),
});

/**
 * @param rank 4 of a convolution's kernel, 2 of a dense one.
 * @throws ConfigError when a constraint's axis is named twice or the kernel has no such axis.
 */
export const requireAxes = ({ kernelConstraint }: WithKernel, rank: number, where: string): void => {
  if (kernelConstraint === null) return;
  const axes = [kernelConstraint.axis].flat();
  if (new Set(axes).size === axes.length && axes.every((axis) => axis < rank)) return;
  throw new ConfigError(
    `${where}: ${kernelConstraint.name.replace('_', '-')}'s axis: expected distinct axes below ${rank} for a kernel of rank ${rank}, received ${JSON.stringify(kernelConstraint.axis)}: use ${rank === 4 ? '[0, 1, 2] for all incoming weights of every filter' : '0 for all incoming weights of every unit'}`,
    ['maxNorm', 'axis'],
  );
};

type Initializer = WithKernel['kernelInitializer'];

/** Half the width of the uniform distribution of an initial kernel. */
const initializers: {
  readonly [Name in Initializer]: {
    readonly stock: 'heUniform' | 'glorotUniform';
    readonly limit: (fanIn: number, fanOut: number) => number;
  };
} = {
  he_uniform: { stock: 'heUniform', limit: (fanIn) => Math.sqrt(6 / fanIn) },
  glorot_uniform: { stock: 'glorotUniform', limit: (fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut)) },
};

/**
 * An initial kernel, drawn from a key, so that every backend starts from the same bits: U(-limit, limit) with
 * `limit = sqrt(6 / fan_in)` (he_uniform: He et al. 2015) or `sqrt(6 / (fan_in + fan_out))` (glorot_uniform: Glorot &
 * Bengio 2010).
 *
 * @param shape [height, width, channels, filters] or [inputs, units].
 */
export const drawKernel = (
  initializer: Initializer,
  shape: readonly number[],
  key: RandomKey,
): Float32Array => {
  const size = shape.reduce((product, length) => product * length, 1);
  const [channels, filters] = [shape.at(-2)!, shape.at(-1)!];
  const window = size / (channels * filters);
  const limit = initializers[initializer].limit(window * channels, window * filters);
  return Float32Array.from(uniform(key, size), (u) => limit * (2 * u - 1));
};
