import { expect, test } from 'vitest';
import { ConfigError, configWith, mergeConfig, runConfigSchema, valueOfText } from '../index.ts';

const set = (path: string, value: unknown, base = {}) =>
  mergeConfig(base, configWith(runConfigSchema, base, path, value, '--set'));

test('sets a setting at any depth, and keeps its neighbours', () => {
  expect(set('optimizer.beta2', 0.99, { optimizer: { beta1: 0.8 } })).toEqual({
    optimizer: { beta1: 0.8, beta2: 0.99 },
  });
  const callbacks = [{ name: 'early_stopping', patience: 2 }, { name: 'reduce_lr_on_plateau' }];
  expect(set('callbacks.1.factor', 0.5, { callbacks })).toEqual({
    callbacks: [callbacks[0], { ...callbacks[1], factor: 0.5 }],
  });
  const layers = [{ kind: 'residual', layers: [{ kind: 'dense', units: 3 }] }];
  expect(set('model.layers.0.layers.0.units', 4, { model: { layers } })).toEqual({
    model: { layers: [{ kind: 'residual', layers: [{ kind: 'dense', units: 4 }] }] },
  });
});

test.each([
  ['optimizer.beta3', 'optimizer.beta1'],
  ['epoch', 'epochs'],
  ['learningRate', 'optimizer.learningRate'],
  ['model.dropout.rte', 'model.dropout.rate'],
  ['callbacks.patience', 'callbacks.0.patience'],
])('%s is unknown; the nearest is %s', (path, nearest) => {
  expect(() => set(path, 1)).toThrow(ConfigError);
  expect(() => set(path, 1)).toThrow(`--set ${path}: expected the path of a setting`);
  expect(() => set(path, 1)).toThrow(`did you mean "${nearest}"?`);
});

test.each([['__proto__.x'], ['constructor'], ['model.__proto__.rate'], ['']])(
  '%j reaches nothing',
  (path) => {
    expect(() => set(path, 1)).toThrow('expected the path of a setting');
  },
);

test.each<[string, unknown]>([
  ['0.5', 0.5],
  ['true', true],
  ['null', null],
  ['[1,2]', [1, 2]],
  ['sgd', 'sgd'],
  ['"7"', '7'],
  ['', ''],
])('%j is read as %j', (text, value) => {
  expect(valueOfText(text, '--set x')).toEqual(value);
});
