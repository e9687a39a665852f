import { ConfigError, type LayerInput, type PresetConfig } from '@dropout-lab/contracts';
import { denseAxis } from './dense-axis.ts';

type Vgg = PresetConfig<'vgg'>;

/**
 * A small network in the manner of Simonyan & Zisserman (2015): blocks of 3x3 convolutions, each ended by max pooling, then dense
 * layers. Every regularizer can be set on it, so that a study compares them on one network.
 */
export const vgg = (config: Vgg, numClasses: number): LayerInput[] => {
  requireNormalized(config);
  const { filters, convolutions, units, dropout, kernelConstraint } = config;
  const ofDense = kernelConstraint && { ...kernelConstraint, axis: denseAxis(kernelConstraint.axis) };
  return [
    ...noise(dropout.inputRate, 'dropout'),
    ...filters.flatMap((count): LayerInput[] => [
      ...Array.from({ length: convolutions }, () =>
        unit({ kind: 'conv2d', filters: count, padding: 'same', ...kernelSettings(config) }, config),
      ).flat(),
      { kind: 'max_pooling2d' },
      ...(dropout.position === 'after_block' ? noise(dropout.rate, dropout.kind) : []),
    ]),
    { kind: 'flatten' },
    ...units.flatMap((count): LayerInput[] => [
      ...unit({ kind: 'dense', units: count, ...kernelSettings(config), kernelConstraint: ofDense }, config),
      // A dense layer has no maps to drop as a whole.
      ...noise(dropout.denseRate, dropout.kind === 'spatial_dropout2d' ? 'dropout' : dropout.kind),
    ]),
    { kind: 'dense', name: 'logits', units: numClasses },
    { kind: 'activation', name: 'softmax', activation: 'softmax' },
  ];
};

const kernelSettings = ({ batchNormalization, kernelConstraint, kernelRegularizer, dropConnect }: Vgg) => ({
  kernelInitializer: 'he_uniform' as const,
  // What a bias adds is taken off again by the mean of the batch.
  useBias: batchNormalization !== 'before_activation',
  kernelConstraint,
  kernelRegularizer,
  dropConnect,
});

/** @throws ConfigError when dropout would be placed before a normalization that there is not. */
const requireNormalized = ({ batchNormalization, dropout }: Vgg): void => {
  if (batchNormalization !== 'none' || dropout.position === 'after_block') return;
  throw new ConfigError(
    `model: dropout.position: expected after_block, since batchNormalization is none, received "${dropout.position}": use after_block, or set batchNormalization`,
    ['model', 'dropout', 'position'],
  );
};

/** A layer with its activation and normalization, and dropout before that where it is asked for. */
const unit = (layer: LayerInput, { activation, batchNormalization, dropout }: Vgg): LayerInput[] => {
  const activated: LayerInput = { kind: 'activation', activation };
  if (batchNormalization === 'none') return [layer, activated];
  const isDropped = layer.kind === 'conv2d' && dropout.position === 'before_normalization';
  const normalized: LayerInput[] = [
    ...(isDropped ? noise(dropout.rate, dropout.kind) : []),
    { kind: 'batch_normalization' },
  ];
  return batchNormalization === 'before_activation'
    ? [layer, ...normalized, activated]
    : [layer, activated, ...normalized];
};

const noise = (rate: number, kind: Vgg['dropout']['kind']): LayerInput[] =>
  rate > 0 ? [{ kind, rate }] : [];
