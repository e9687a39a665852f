import type { LayerInput, PresetConfig } from '@dropout-lab/contracts';

/** Windows of the first convolution, whose filters are whitened patches. */
const WHITENED = 2;

/** Mean and standard deviation of each channel of CIFAR-10's training images. */
const MEAN = [0.4914, 0.4822, 0.4465];
const DEVIATION = [0.247, 0.2435, 0.2616];

/**
 * The network of "94% on CIFAR-10 in 3.29 seconds on a single GPU" (Jordan 2024, arXiv 2404.00498): whitened patches, then groups
 * of two convolutions with batch normalization and GELU, and a linear layer whose outputs are scaled down.
 */
export const airbench94 = (
  { filters, scale }: PresetConfig<'airbench94'>,
  numClasses: number,
): LayerInput[] => {
  const gelu: LayerInput = { kind: 'activation', activation: 'gelu' };
  const convolution = (count: number): LayerInput => ({
    kind: 'conv2d',
    filters: count,
    padding: 'same',
    useBias: false,
    kernelInitializer: 'partial_dirac',
  });
  const normalization: LayerInput = {
    kind: 'batch_normalization',
    momentum: 0.6,
    epsilon: 1e-12,
    scale: false,
  };
  return [
    { kind: 'normalization', mean: MEAN, variance: DEVIATION.map((one) => one * one) },
    {
      kind: 'conv2d',
      name: 'whitening',
      filters: 2 * WHITENED * WHITENED * MEAN.length,
      kernelSize: WHITENED,
      kernelInitializer: 'whitening',
    },
    gelu,
    ...filters.flatMap((count): LayerInput[] => [
      convolution(count),
      { kind: 'max_pooling2d' },
      normalization,
      gelu,
      convolution(count),
      normalization,
      gelu,
    ]),
    { kind: 'max_pooling2d', poolSize: 3 },
    { kind: 'flatten' },
    { kind: 'dense', units: numClasses, useBias: false, kernelInitializer: 'pytorch_uniform' },
    { kind: 'rescaling', scale },
    { kind: 'activation', name: 'softmax', activation: 'softmax' },
  ];
};
