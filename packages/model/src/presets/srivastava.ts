import type { ConstraintConfig, LayerInput, PresetConfig } from '@dropout-lab/contracts';

/**
 * The ConvNet with which Srivastava et al. (2014, appendix B.2) trained on CIFAR-10: convolutions with max pooling, then two large
 * dense layers, dropout before every layer, and max-norm on all of them. Kernels begin as Keras's by default: overlapping pooling and
 * dropout make outputs larger, so that with He's initialization, which keeps them as large, the first losses are above 10 and no
 * unit survives the first steps.
 */
export const srivastava = (
  { filters, units, dropout: { rates }, maxNorm }: PresetConfig<'srivastava'>,
  numClasses: number,
): LayerInput[] => {
  const hidden = { activation: 'relu' } as const;
  const constraintOf = (axis: number | number[]): ConstraintConfig | null =>
    maxNorm === null ? null : { name: 'max_norm', maxValue: maxNorm, axis };
  const dropoutAt = (place: number): LayerInput[] =>
    (rates[place] ?? 0) > 0 ? [{ kind: 'dropout', rate: rates[place]! }] : [];
  return [
    ...dropoutAt(0),
    ...filters.flatMap((count, i): LayerInput[] => [
      {
        kind: 'conv2d',
        filters: count,
        kernelSize: 5,
        padding: 'same',
        ...hidden,
        kernelConstraint: constraintOf([0, 1, 2]),
      },
      { kind: 'max_pooling2d', poolSize: 3, strides: 2 },
      ...dropoutAt(1 + i),
    ]),
    { kind: 'flatten' },
    ...units.flatMap((count, i): LayerInput[] => [
      { kind: 'dense', units: count, ...hidden, kernelConstraint: constraintOf(0) },
      ...dropoutAt(1 + filters.length + i),
    ]),
    { kind: 'dense', name: 'logits', units: numClasses },
    { kind: 'activation', name: 'softmax', activation: 'softmax' },
  ];
};
