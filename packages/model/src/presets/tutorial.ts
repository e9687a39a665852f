import {
  ConfigError,
  type ConstraintConfig,
  type LayerInput,
  type PresetConfig,
} from '@dropout-lab/contracts';
import { denseAxis } from './dense-axis.ts';

/** The tutorial's ConvNet: Conv2D, MaxPooling2D and Dropout, block by block, then dense layers and a softmax. */
export const tutorial = (
  { filters, kernelSize, padding, poolSize, units, dropout, maxNorm }: PresetConfig<'tutorial'>,
  numClasses: number,
): LayerInput[] => {
  const { inputRate, denseRate, noiseShape } = dropout;
  const rates = ratesOf(dropout, filters.length);
  const hidden = { activation: 'relu', kernelInitializer: 'he_uniform' } as const;
  const constraintOf = (isConvolution: boolean): ConstraintConfig | null =>
    maxNorm && {
      name: 'max_norm',
      maxValue: maxNorm.value,
      axis: isConvolution ? maxNorm.axis : denseAxis(maxNorm.axis),
    };
  return [
    ...(inputRate > 0 ? [{ kind: 'dropout', name: 'input_dropout', rate: inputRate } as const] : []),
    ...filters.flatMap((count, block): LayerInput[] => [
      {
        kind: 'conv2d',
        filters: count,
        kernelSize,
        padding,
        ...hidden,
        kernelConstraint: constraintOf(true),
      },
      { kind: 'max_pooling2d', poolSize },
      ...(rates[block]! > 0 ? [{ kind: 'dropout', rate: rates[block]!, noiseShape } as const] : []),
    ]),
    { kind: 'flatten' },
    ...units.flatMap((count): LayerInput[] => [
      {
        kind: 'dense',
        units: count,
        ...hidden,
        kernelConstraint: constraintOf(false),
      },
      ...(denseRate > 0 ? [{ kind: 'dropout', rate: denseRate } as const] : []),
    ]),
    // Runs of 0.1.0 have their weights under these names.
    { kind: 'dense', name: 'logits', units: numClasses },
    { kind: 'activation', name: 'softmax', activation: 'softmax' },
  ];
};

/** @throws ConfigError when there are not as many rates as convolution blocks. */
const ratesOf = ({ rate, rates }: PresetConfig<'tutorial'>['dropout'], blocks: number): readonly number[] => {
  if (rates === null) return Array<number>(blocks).fill(rate);
  if (rates.length === blocks) return rates;
  throw new ConfigError(
    `model: dropout.rates: expected one rate for each of the ${blocks} convolution blocks that filters has, received ${rates.length}: ${JSON.stringify(rates)}`,
    ['model', 'dropout', 'rates'],
  );
};
