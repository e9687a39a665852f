import { parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
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

test('Muon excludes layers that there are', () => {
  const of = (...excludeLayers: string[]) =>
    parseRunConfig({ model: { layers: [...layers] }, optimizer: { name: 'muon', excludeLayers } });
  expect(() => requireTrainable(of('dense', 'conv2d/kernel'))).not.toThrow();
  expect(() => requireTrainable(of('dense', 'logits'))).toThrow(
    'run configuration: optimizer.excludeLayers[1]: expected a part of the path of a weight (conv2d/kernel, batch_normalization/gamma, batch_normalization/beta, dense/kernel, dense/bias), received "logits": change it, or leave it out',
  );
});
