import { expect, test } from 'vitest';
import { parseRunConfig } from '../index.ts';
import { configDifferences } from './config-differences.ts';

test('equal configurations differ in nothing', () => {
  expect(configDifferences([parseRunConfig({}), parseRunConfig({ epochs: 55 })])).toEqual([]);
});

test('names nested settings by their path', () => {
  const configs = [{}, { model: { dropout: { rate: 0 } }, seed: 3 }].map(parseRunConfig);
  expect(configDifferences(configs)).toEqual([
    { path: 'model.dropout.rate', values: [0.5, 0] },
    { path: 'seed', values: [0, 3] },
  ]);
});

test('an object against null is compared as a whole', () => {
  const configs = [{}, { model: { maxNorm: null } }].map(parseRunConfig);
  expect(configDifferences(configs)).toEqual([
    { path: 'model.maxNorm', values: [{ value: 2, axis: 0 }, null] },
  ]);
});

test('a setting that only one has is undefined in the other', () => {
  const configs = [{}, { optimizer: { name: 'sgd' } }].map(parseRunConfig);
  const momentum = configDifferences(configs).find(({ path }) => path === 'optimizer.momentum');
  expect(momentum?.values).toEqual([undefined, 0]);
});

test('lists are compared as a whole, and by value', () => {
  expect(configDifferences([{ filters: [64, 64] }, { filters: [64, 64] }, { filters: [64, 32] }])).toEqual([
    {
      path: 'filters',
      values: [
        [64, 64],
        [64, 64],
        [64, 32],
      ],
    },
  ]);
});
