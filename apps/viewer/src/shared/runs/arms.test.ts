import { parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { createDigest } from '../../testing/runs.ts';
import { armsOf, settingDifferences } from './arms.ts';

test('seeds of one configuration are one arm; labels have the differences', () => {
  const runs = [
    createDigest('a1', { seed: 1 }, []),
    createDigest('a2', { seed: 2 }, []),
    createDigest('b', { model: { dropout: { rate: 0 } } }, []),
    createDigest('c', { optimizer: { name: 'sgd' } }, []),
    createDigest('d', { model: { maxNorm: null } }, []),
  ];
  const arms = armsOf(runs);
  expect([...arms].map(([name, { label, color }]) => [name, color, label])).toEqual([
    ['a1', 0, 'dropout 0.5 · max-norm 2 · Adam'],
    ['a2', 0, 'dropout 0.5 · max-norm 2 · Adam'],
    ['b', 1, 'no dropout · max-norm 2 · Adam'],
    ['c', 2, 'dropout 0.5 · max-norm 2 · SGD'],
    ['d', 3, 'dropout 0.5 · no max-norm · Adam'],
  ]);
});

test('learning rates that only follow from the optimizer are not in labels, others are', () => {
  const rates = [0.1, 0.2].map((learningRate) =>
    createDigest(`sgd-${learningRate}`, { optimizer: { name: 'sgd', learningRate } }, []),
  );
  const labels = [...armsOf([createDigest('adam', {}, []), ...rates]).values()].map(({ label }) => label);
  expect(labels).toEqual(['learning rate 0.001', 'learning rate 0.1', 'learning rate 0.2']);
});

/** The labels of arms with these configurations, in the order in which they were run. */
const labelsOf = (configs: readonly RunConfigInput[]): string[] =>
  [...armsOf(configs.map((config, i) => createDigest(`run-${i}`, config, []))).values()].map(
    ({ label }) => label,
  );

const plain = { dropout: { rate: 0 } };
const vgg = (model: object): RunConfigInput => ({
  limitTrain: 1000,
  model: { preset: 'vgg', filters: [8], ...model } as RunConfigInput['model'],
});

test.each<[string, readonly RunConfigInput[], readonly string[]]>([
  [
    'arms that differ in their last setting alone have it',
    [5, 10].map((epochs): RunConfigInput => ({ epochs, model: plain, limitTrain: 2000, batchSize: 50 })),
    ['5 epochs', '10 epochs'],
  ],
  [
    'what changes together is said once, and dropout is what is said',
    [{}, { model: { ...plain, maxNorm: null }, epochs: 9, optimizer: { name: 'sgd' } }],
    ['dropout 0.5', 'no dropout'],
  ],
  [
    'dropout is said wherever it differs',
    [{ epochs: 20 }, { epochs: 30, model: plain }, { epochs: 40, model: plain }],
    ['dropout 0.5 · 20 epochs', 'no dropout · 30 epochs', 'no dropout · 40 epochs'],
  ],
  [
    'where more than three settings are needed, those that are unusual',
    [{}, { batchSize: 5 }, { epochs: 9 }, { limitTrain: 100 }, { loss: { labelSmoothing: 0.1 } }],
    [
      'all images · 3 epochs · batch size 250 · label smoothing 0',
      'batch size 5',
      '9 epochs',
      '100 images',
      'label smoothing 0.1',
    ],
  ],
  [
    'regularizers of one network beside another network',
    [
      vgg({}),
      vgg({ dropout: { rate: 0.25 } }),
      vgg({ dropout: { rate: 0.25, kind: 'spatial_dropout2d' } }),
      vgg({ kernelRegularizer: { name: 'l2', l2: 0.0005 } }),
      vgg({ kernelConstraint: { name: 'max_norm', axis: [0, 1, 2] } }),
      vgg({ batchNormalization: 'before_activation' }),
      { ...vgg({}), augmentation: { flip: true } },
      { limitTrain: 1000 },
    ],
    [
      'no dropout',
      'dropout 0.25',
      'dropout 0.25 · spatial dropout2d',
      'no dropout · kernel regularizer l2 0.0005',
      'no dropout · kernel constraint max norm, max value 2, axis 0, 1, 2',
      'no dropout · batch normalization before activation',
      'no dropout · flip on',
      'dropout 0.5',
    ],
  ],
])('%s', (_, configs, labels) => {
  expect(labelsOf(configs)).toEqual(labels);
});

test('no two of many arms have one label, whatever they differ in', () => {
  const configs = Array.from(
    { length: 120 },
    (_, i): RunConfigInput => ({
      ...{
        epochs: 5 + (i % 2),
        batchSize: 50 + (i % 3),
        limitTrain: 1000 + (i % 5),
        limitTest: 10 + (i % 7),
      },
      ...{
        validationSplit: 0.1 + (i % 4) / 100,
        optimizer: { beta1: 0.9 + (i % 4) / 1000, beta2: 0.99 + (i % 8) / 1000 },
      },
      ...{ model: { dropout: { rate: (i % 10) / 20 }, filters: [8 + (i % 3)], units: [16 + (i % 2)] } },
    }),
  );
  const labels = labelsOf(configs);
  expect(new Set(labels).size).toBe(new Set(configs.map((config) => JSON.stringify(config))).size);
});

test('the first arm with dropout and the first without have their hues, in whichever order they are run', () => {
  const colorsOf = (configs: readonly RunConfigInput[]): number[] =>
    [...armsOf(configs.map((config, i) => createDigest(`run-${i}`, config, []))).values()].map(
      ({ color }) => color,
    );
  const [dropped, without] = [{ epochs: 9 }, { epochs: 9, model: plain }];
  expect(colorsOf([dropped, without])).toEqual([0, 1]);
  expect(colorsOf([without, dropped])).toEqual([1, 0]);
  expect(colorsOf([without])).toEqual([1]);
  expect(colorsOf([without, { epochs: 8, model: plain }, dropped, { epochs: 8 }])).toEqual([1, 2, 0, 3]);
  // Without any dropout, the other hue is free.
  expect(colorsOf([without, { epochs: 8, model: plain }])).toEqual([1, 0]);
});

test('a lone arm is named by what a reader wants to know first', () => {
  expect(armsOf([createDigest('one', {}, [])]).get('one')!.label).toBe('dropout 0.5 · max-norm 2 · Adam');
});

test('settings without a phrase of their own are worded from their description', () => {
  const labelsOf = (...configs: readonly RunConfigInput[]): string[] =>
    [...armsOf(configs.map((config, i) => createDigest(`run-${i}`, config, []))).values()].map(
      ({ label }) => label,
    );
  expect(labelsOf({}, { batchSize: 32 })).toEqual(['batch size 250', 'batch size 32']);
  expect(labelsOf({ epochs: 2 }, { epochs: 4 })).toEqual(['2 epochs', '4 epochs']);
  expect(labelsOf({}, { augmentation: { flip: true } })).toEqual(['flip off', 'flip on']);
  expect(labelsOf({}, { splitMethod: 'stratified' })).toEqual([
    'split method last',
    'split method stratified',
  ]);
  expect(labelsOf({}, { optimizer: { epsilon: 0.1 } })).toEqual(['epsilon 1e-7', 'epsilon 0.1']);
  expect(labelsOf({}, { model: { filters: [8] } })).toEqual(['filters 64, 64', 'filters 8']);
  expect(labelsOf({}, { model: { maxNorm: { axis: [0, 1, 2] } } })).toEqual([
    'max norm axis 0',
    'max norm axis 0, 1, 2',
  ]);
  expect(labelsOf({}, { dataset: 'cifar100' })).toEqual(['CIFAR-10', 'CIFAR-100']);
  expect(labelsOf({}, { limitTrain: 100 })).toEqual(['all images', '100 images']);
  expect(labelsOf({}, { callbacks: [{ name: 'early_stopping', patience: 3 }] })).toEqual([
    'no callbacks',
    'early stopping',
  ]);
  expect(
    labelsOf(
      { callbacks: [{ name: 'early_stopping', patience: 3 }] },
      { callbacks: [{ name: 'early_stopping', patience: 5 }] },
    ),
  ).toEqual(['callbacks 1 patience 3', 'callbacks 1 patience 5']);
  expect(labelsOf({}, { schedule: { name: 'cosine_decay', decaySteps: 9 } })).toEqual([
    'constant rate',
    'cosine decay rate',
  ]);
  expect(labelsOf({}, { averaging: { name: 'ema' } })).toEqual(['no averaging', 'EMA']);
  expect(labelsOf({}, { dropoutSchedule: { name: 'early' } })).toEqual(['constant dropout', 'early dropout']);
  expect(labelsOf({}, { weightGroups: [{ weights: ['*/bias'] }] })).toEqual([
    'no weight groups',
    '1 weight group',
  ]);
  expect(labelsOf({}, { maxSteps: 20 })).toEqual(['max steps none', 'max steps 20']);
});

const layersOf = (rate: number): RunConfigInput => ({
  model: {
    layers: [
      { kind: 'conv2d', filters: 4 },
      { kind: 'conv2d', filters: 4 },
      { kind: 'dropout', rate },
      { kind: 'flatten' },
      { kind: 'dense', units: 10 },
    ],
  },
});

test('a model of layers is named by its kinds of layers, two of them by the settings of a layer', () => {
  expect(armsOf([createDigest('one', layersOf(0.1), [])]).get('one')!.label).toBe(
    '2 × conv2d, dropout, flatten, dense · Adam',
  );
  const two = armsOf([createDigest('a', layersOf(0.1), []), createDigest('b', layersOf(0.4), [])]);
  expect([...two.values()].map(({ label }) => label)).toEqual(['layers 3 rate 0.1', 'layers 3 rate 0.4']);
  const mixed = armsOf([createDigest('preset', {}, []), createDigest('layers', layersOf(0.1), [])]);
  expect([...mixed.values()].map(({ label }) => label)).toEqual(['tutorial', 'layers']);
});

test('lists of as many members are compared place by place, others as a whole', () => {
  const [a, b] = [layersOf(0.1), layersOf(0.4)].map((config) => parseRunConfig(config));
  expect(settingDifferences([a, b])).toEqual([{ path: 'model.layers[2].rate', values: [0.1, 0.4] }]);
  const paths = settingDifferences([a, b, parseRunConfig({})]).map(({ path }) => path);
  expect(paths).toContain('model.layers[2].rate');
  expect(settingDifferences([{ list: [{ x: 1 }] }, { list: [] }])).toEqual([
    { path: 'list', values: [[{ x: 1 }], []] },
  ]);
});

test('hundreds of arms that differ in many settings are distinguished', () => {
  const configs = Array.from(
    { length: 300 },
    (_, i): RunConfigInput => ({
      ...{ epochs: 5 + (i % 2), batchSize: 50 + (i % 3), limitTrain: 1000 + (i % 5), maxSteps: 9 + (i % 11) },
      ...{
        limitTest: 10 + (i % 7),
        validationSplit: 0.1 + (i % 4) / 100,
        loss: { labelSmoothing: (i % 6) / 20 },
      },
      ...{ optimizer: { learningRate: 0.1 / (1 + (i % 13)), beta1: 0.9 + (i % 4) / 1000 } },
    }),
  );
  const labels = labelsOf(configs);
  expect(new Set(labels).size).toBe(new Set(configs.map((config) => JSON.stringify(config))).size);
});
