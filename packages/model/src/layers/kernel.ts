import {
  ConfigError,
  type ConstraintConfig,
  type ConstraintName,
  type RegularizerConfig,
  type RegularizerName,
} from '@dropout-lab/contracts';
import { regularizers as stockRegularizers } from '@tensorflow/tfjs-layers';
import { stockActivations } from '../activations/activations.ts';
import type { Constraint } from '../constraints/constraint.ts';
import { maxNorm } from '../constraints/max-norm.ts';
import { unitNorm } from '../constraints/unit-norm.ts';
import { stockInitializer } from './initializers.ts';
import type { LayerOf } from './layer.ts';

type WithKernel = LayerOf<'conv2d' | 'dense'>;

type ConstraintOf<Name extends ConstraintName> = Extract<ConstraintConfig, { name: Name }>;

const constraints: { readonly [Name in ConstraintName]: (config: ConstraintOf<Name>) => Constraint } = {
  max_norm: ({ maxValue, axis }) => maxNorm(maxValue, axis),
  unit_norm: ({ axis }) => unitNorm(axis),
};

const createConstraint = <Name extends ConstraintName>(config: ConstraintOf<Name>): Constraint =>
  constraints[config.name as Name](config);

type RegularizerOf<Name extends RegularizerName> = Extract<RegularizerConfig, { name: Name }>;

/** The factors of the sums of absolute values and of squares. */
const penalties: {
  readonly [Name in RegularizerName]: (config: RegularizerOf<Name>) => { l1: number; l2: number };
} = {
  l1: ({ l1 }) => ({ l1, l2: 0 }),
  l2: ({ l2 }) => ({ l1: 0, l2 }),
  l1_l2: ({ l1, l2 }) => ({ l1, l2 }),
};

/** None where all factors are 0: a penalty that does not depend on the kernel has no gradient. */
const regularizerArgs = <Name extends RegularizerName>(
  config: RegularizerOf<Name>,
): { readonly kernelRegularizer?: ReturnType<typeof stockRegularizers.l1l2> } => {
  const factors = penalties[config.name as Name](config);
  return factors.l1 + factors.l2 === 0 ? {} : { kernelRegularizer: stockRegularizers.l1l2(factors) };
};

/** The TensorFlow.js arguments of the settings that every layer with a kernel has. */
export const kernelArgs = ({
  activation,
  useBias,
  kernelInitializer,
  kernelConstraint,
  kernelRegularizer,
}: WithKernel) => ({
  // Its type lists the stock functions only.
  activation: stockActivations[activation] as 'relu',
  useBias,
  // For readers of model.json; initial weights are drawn by drawKernel.
  kernelInitializer: stockInitializer(kernelInitializer),
  ...(kernelConstraint && { kernelConstraint: createConstraint(kernelConstraint) }),
  ...(kernelRegularizer && regularizerArgs(kernelRegularizer)),
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
