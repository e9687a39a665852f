import { parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { requireTrainable } from './index.ts';

const layers = [
  { kind: 'conv2d', filters: 4, useBias: false },
  { kind: 'batch_normalization' },
  { kind: 'flatten' },
  { kind: 'dense', units: 10, activation: 'softmax' },
] as const;
const withGroups = (...weights: string[]): RunConfigInput => ({
  model: { layers: [...layers] },
  weightGroups: [{ weights }],
});

test('a group names weights of the layers, which the spec has', () => {
  const known = ['conv2d/kernel', '*/beta', 'batch_normalization/gamma', 'dense/*'];
  expect(() => requireTrainable(parseRunConfig(withGroups(...known)))).not.toThrow();
});

test('a dropout schedule needs a layer with a rate', () => {
  const of = (more: RunConfigInput) =>
    parseRunConfig({ ...more, dropoutSchedule: { name: 'late' } } as RunConfigInput);
  expect(() => requireTrainable(of({}))).not.toThrow();
  const without: RunConfigInput[] = [{ model: { dropout: { rate: 0 } } }, { model: { layers: [...layers] } }];
  for (const model of without) {
    expect(() => requireTrainable(of(model))).toThrow(
      'run configuration: dropoutSchedule: expected a layer with a dropout rate above 0, which late changes over training, received a model without: add one, or leave the schedule out',
    );
  }
});

test.each(['conv2d/bias', 'batch_normalization/moving_mean', 'conv2d_1/kernel'])(
  '%s, which is not trained, is refused before the model is built',
  (name) => {
    expect(() => requireTrainable(parseRunConfig(withGroups(name)))).toThrow(
      `run configuration: weightGroups[0].weights[0]: expected the path of a weight that is trained, or a pattern with * for any text (conv2d/kernel, batch_normalization/gamma, batch_normalization/beta, dense/kernel, dense/bias), received "${name}"`,
    );
  },
);

test('groups that together freeze all weights are refused', () => {
  const frozen = (...groups: string[][]) =>
    parseRunConfig({
      model: { layers: [...layers] },
      weightGroups: groups.map((weights) => ({ weights, learningRateFactor: 0 })),
    });
  const message =
    'run configuration: weightGroups: expected a weight that is trained, found a learningRateFactor of 0 for every one: raise it for some';
  expect(() => requireTrainable(frozen(['*']))).toThrow(message);
  expect(() => requireTrainable(frozen(['conv2d/*', 'batch_normalization/*'], ['dense/*']))).toThrow(message);
  expect(() => requireTrainable(frozen(['conv2d/*'], ['dense/kernel']))).not.toThrow();
});

test('Muon excludes layers that there are', () => {
  const of = (...excludeLayers: string[]) =>
    parseRunConfig({ model: { layers: [...layers] }, optimizer: { name: 'muon', excludeLayers } });
  expect(() => requireTrainable(of('dense', 'conv2d/kernel'))).not.toThrow();
  expect(() => requireTrainable(of('dense', 'logits'))).toThrow(
    'run configuration: optimizer.excludeLayers[1]: expected a part of the path of a weight (conv2d/kernel, batch_normalization/gamma, batch_normalization/beta, dense/kernel, dense/bias), received "logits": change it, or leave it out',
  );
});

describe('batch normalization of vectors needs batches of at least 2', () => {
  const normalized = (...before: object[]): RunConfigInput => ({
    model: {
      layers: [
        ...before,
        { kind: 'batch_normalization', name: 'norm' },
        ...(before.length === 0 ? [{ kind: 'flatten' }] : []),
        { kind: 'dense', units: 10 },
      ] as never,
    },
  });
  const vectors = normalized({ kind: 'flatten' }, { kind: 'dense', units: 4 });

  test.each<[string, RunConfigInput, string]>([
    ['batches of 1', { ...vectors, batchSize: 1 }, 'received batches of 1: use a batchSize of 2 or more'],
    ['one image', { ...vectors, limitTrain: 1, validationSplit: 0 }, 'received 1 image to train with: use'],
    [
      'a last batch of 1',
      { ...vectors, limitTrain: 101, validationSplit: 0, batchSize: 20 },
      'received batches of 20 of 101 images, whose last one is 1 image: use another batchSize, or dropRemainder',
    ],
    [
      'maps of one pixel',
      {
        model: {
          layers: [
            { kind: 'conv2d', filters: 2, kernelSize: 32 },
            { kind: 'residual', layers: [{ kind: 'batch_normalization', name: 'norm' }] },
            { kind: 'flatten' },
            { kind: 'dense', units: 10 },
          ],
        },
        batchSize: 1,
      },
      'received batches of 1: use',
    ],
  ])('%s is refused', (_, config, message) => {
    expect(() => requireTrainable(parseRunConfig(config))).toThrow(
      `run configuration: batchSize: expected batches of at least 2 images, since norm takes a mean and a variance of one number of each, ${message}`,
    );
  });

  test.each<[string, RunConfigInput]>([
    ['batches of 2', { ...vectors, batchSize: 2 }],
    ['a last batch of 2', { ...vectors, limitTrain: 102, validationSplit: 0, batchSize: 20 }],
    [
      'whole batches',
      { ...vectors, limitTrain: 101, validationSplit: 0, batchSize: 20, dropRemainder: true },
    ],
    ['single images, which have many pixels', { ...normalized(), batchSize: 1 }],
  ])('%s is not', (_, config) => {
    expect(() => requireTrainable(parseRunConfig(config))).not.toThrow();
  });
});
