import { type ModelInput, parseRunConfig, recipes } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { buildModel, modelSpecOf, parseModelSpec, requireTrainable } from '../index.ts';

type VggInput = Extract<ModelInput, { readonly preset: 'vgg' }>;

const kindsOf = (input: ModelInput) => parseModelSpec(input).layers.map(({ kind }) => kind);

const built = (input: ModelInput) => {
  const model = buildModel(parseModelSpec(input), 1);
  const found = {
    parameters: model.countParams(),
    shapes: model.layers.map(({ outputShape }) => (outputShape as number[]).slice(1).join(' ')),
  };
  model.dispose();
  return found;
};

describe('airbench94', () => {
  test('has the maps and the parameters of the paper’s network', () => {
    const { parameters, shapes } = built({ preset: 'airbench94' });
    const convolutions = [12 * 24 + 24, 9 * 24 * 64, 9 * 64 * 64, 9 * 64 * 256, 3 * 9 * 256 * 256];
    const normalizations = 3 * (2 * 64 + 4 * 256);
    const sum = [...convolutions, normalizations, 256 * 10].reduce((all, one) => all + one, 0);
    expect(parameters).toBe(sum);
    expect([...new Set(shapes)]).toEqual([
      ...['32 32 3', '31 31 24', '31 31 64', '15 15 64', '15 15 256', '7 7 256', '3 3 256', '1 1 256'],
      ...['256', '10'],
    ]);
  });

  test('is for images of three channels', () => {
    const spec = () => buildModel(parseModelSpec({ preset: 'airbench94', inputShape: [32, 32, 1] }), 1);
    expect(spec).toThrow('normalization');
  });
});

describe('images are standardized', () => {
  const standardization = { mean: [0.5, 0.4, 0.3], variance: [0.06, 0.05, 0.07] };
  const inputs: readonly ModelInput[] = [
    { standardization },
    { preset: 'srivastava', standardization },
    { preset: 'vgg', standardization },
    { layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10 }], standardization },
  ];

  test.each(inputs.map((input) => [input.preset ?? 'tutorial or layers', input] as const))(
    'before the first layer of %s',
    (_, input) => {
      const { standardization: __, ...plain } = input as ModelInput & { standardization: unknown };
      expect(parseModelSpec(input).layers).toEqual([
        { kind: 'normalization', name: 'standardization', ...standardization },
        ...parseModelSpec(plain as ModelInput).layers,
      ]);
    },
  );

  test('not twice: airbench94 does so itself', () => {
    expect(() => parseModelSpec({ preset: 'airbench94', standardization } as never)).toThrow(
      'standardization',
    );
  });

  test('by numbers for each channel, or one for all', () => {
    const wrong = { standardization: { ...standardization, mean: [0.5, 0.4] } };
    expect(() => buildModel(parseModelSpec(wrong), 1)).toThrow(
      'mean: expected one number, or a list of 3, one for each channel, received 2',
    );
    expect(built({ standardization: { mean: 0.5, variance: 0.06 } }).parameters).toBe(built({}).parameters);
  });
});

test('srivastava has the layers of the paper, dropout before each of them', () => {
  const block = ['conv2d', 'max_pooling2d', 'dropout'];
  const dense = ['dense', 'dropout'];
  expect(kindsOf({ preset: 'srivastava' })).toEqual([
    ...['dropout', ...block, ...block, ...block, 'flatten', ...dense, ...dense, 'dense', 'activation'],
  ]);
  const spec = parseModelSpec({ preset: 'srivastava' });
  expect(spec.layers.flatMap((layer) => ('rate' in layer ? [layer.rate] : []))).toEqual([
    0.1, 0.25, 0.25, 0.5, 0.5, 0.5,
  ]);
  expect(
    spec.layers.flatMap((layer) => ('kernelConstraint' in layer ? [layer.kernelConstraint] : [])),
  ).toEqual([
    ...Array(3).fill({ name: 'max_norm', maxValue: 4, axis: [0, 1, 2] }),
    ...Array(2).fill({ name: 'max_norm', maxValue: 4, axis: 0 }),
    null,
  ]);
  expect(kindsOf({ preset: 'srivastava', dropout: { rates: [] } })).not.toContain('dropout');
});

describe('vgg', () => {
  const one: VggInput = { preset: 'vgg', filters: [8], convolutions: 1, units: [6] };
  const end = ['dense', 'activation'];

  test.each<[string, VggInput, string[]]>([
    ['no regularizer', one, ['conv2d', 'activation', 'max_pooling2d', 'flatten', ...end, ...end]],
    [
      'two convolutions in a block',
      { ...one, convolutions: 2 },
      ['conv2d', 'activation', 'conv2d', 'activation', 'max_pooling2d', 'flatten', ...end, ...end],
    ],
    [
      'dropout everywhere',
      { ...one, dropout: { rate: 0.2, denseRate: 0.5, inputRate: 0.1 } },
      [
        ...['dropout', 'conv2d', 'activation', 'max_pooling2d', 'dropout', 'flatten'],
        ...[...end, 'dropout', ...end],
      ],
    ],
    [
      'spatial dropout, which dense layers have not',
      { ...one, dropout: { kind: 'spatial_dropout2d', rate: 0.2, denseRate: 0.5 } },
      [
        ...['conv2d', 'activation', 'max_pooling2d', 'spatial_dropout2d', 'flatten'],
        ...[...end, 'dropout', ...end],
      ],
    ],
    [
      'batch normalization before the activation',
      { ...one, batchNormalization: 'before_activation' },
      [
        ...['conv2d', 'batch_normalization', 'activation', 'max_pooling2d', 'flatten'],
        ...['dense', 'batch_normalization', 'activation', ...end],
      ],
    ],
    [
      'batch normalization after the activation, dropout before it',
      {
        ...one,
        batchNormalization: 'after_activation',
        dropout: { rate: 0.2, position: 'before_normalization' },
      },
      [
        ...['conv2d', 'activation', 'dropout', 'batch_normalization', 'max_pooling2d', 'flatten'],
        ...['dense', 'activation', 'batch_normalization', ...end],
      ],
    ],
  ])('%s', (_, input, kinds) => {
    expect(kindsOf(input)).toEqual(kinds);
  });

  test('a max-norm over all incoming weights is that of a unit in dense layers', () => {
    const kernelConstraint = { name: 'max_norm' as const, maxValue: 2, axis: [0, 1, 2] };
    const { layers } = parseModelSpec({
      ...one,
      kernelConstraint,
    });
    const axes = layers.flatMap((layer) =>
      'kernelConstraint' in layer && layer.kernelConstraint ? [layer.kernelConstraint.axis] : [],
    );
    expect(axes).toEqual([[0, 1, 2], 0]);
  });

  test('dropout before a normalization that there is not is refused', () => {
    const input: VggInput = { ...one, dropout: { rate: 0.2, position: 'before_normalization' } };
    expect(() => parseModelSpec(input)).toThrow(
      'model: dropout.position: expected after_block, since batchNormalization is none, received "before_normalization": use after_block, or set batchNormalization',
    );
  });
});

test.each(Object.entries(recipes))('the recipe %s can be trained', (_, { config }) => {
  const parsed = parseRunConfig(config);
  expect(() => requireTrainable(parsed)).not.toThrow();
  expect(modelSpecOf(parsed).numClasses).toBe(10);
});
