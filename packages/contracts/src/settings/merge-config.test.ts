import { expect, test } from 'vitest';
import { ConfigError, mergeConfig, parseRunConfig } from '../index.ts';

test('changes the given settings at any depth, and leaves the rest and the base alone', () => {
  const base = { epochs: 5, model: { dropout: { rate: 0.5, inputRate: 0.1 } } };
  expect(mergeConfig(base, { model: { dropout: { rate: 0 } }, seed: 1 })).toEqual({
    epochs: 5,
    model: { dropout: { rate: 0, inputRate: 0.1 } },
    seed: 1,
  });
  expect(base).toEqual({ epochs: 5, model: { dropout: { rate: 0.5, inputRate: 0.1 } } });
});

test('undefined changes nothing, and leaves no empty object behind', () => {
  expect(mergeConfig({ epochs: 5 }, { epochs: undefined, model: { dropout: { rate: undefined } } })).toEqual({
    epochs: 5,
  });
});

test('null and lists replace', () => {
  const base = { model: { maxNorm: { value: 3 }, filters: [64, 64] } };
  expect(mergeConfig(base, { model: { maxNorm: null, filters: [8] } })).toEqual({
    model: { maxNorm: null, filters: [8] },
  });
  expect(mergeConfig({ model: { maxNorm: null } }, { model: { maxNorm: { value: 4 } } })).toEqual({
    model: { maxNorm: { value: 4 } },
  });
});

test('an optimizer of another name starts anew, one of the same name is changed', () => {
  const base = { optimizer: { name: 'adam', learningRate: 0.1, beta1: 0.8 } };
  expect(mergeConfig(base, { optimizer: { name: 'sgd' } })).toEqual({ optimizer: { name: 'sgd' } });
  expect(mergeConfig(base, { optimizer: { name: 'adam', beta1: 0.7 } })).toEqual({
    optimizer: { name: 'adam', learningRate: 0.1, beta1: 0.7 },
  });
  expect(mergeConfig(base, { optimizer: { learningRate: 0.2 } })).toEqual({
    optimizer: { name: 'adam', learningRate: 0.2, beta1: 0.8 },
  });
});

test('a family without a name is its default: Adam, the tutorial’s model', () => {
  expect(mergeConfig({ optimizer: { learningRate: 0.1 } }, { optimizer: { name: 'sgd' } })).toEqual({
    optimizer: { name: 'sgd' },
  });
  expect(mergeConfig({ optimizer: { learningRate: 0.1 } }, { optimizer: { name: 'adam' } })).toEqual({
    optimizer: { name: 'adam', learningRate: 0.1 },
  });
  const layers = [{ kind: 'flatten' }];
  expect(mergeConfig({ model: { dropout: { rate: 0.2 } } }, { model: { layers } })).toEqual({
    model: { layers },
  });
  expect(mergeConfig({ model: { layers } }, { model: { preset: 'tutorial' } })).toEqual({
    model: { preset: 'tutorial' },
  });
});

test.each<[unknown, unknown, string]>([
  [{ optimizer: 'sgd' }, { optimizer: { momentum: 0.9 } }, 'optimizer: expected an object, received "sgd"'],
  [{ optimizer: [] }, { optimizer: { momentum: 0.9 } }, 'optimizer: expected an object, received []'],
  [{ model: 'mlp' }, { model: { dropout: { rate: 0 } } }, 'model: expected an object, received "mlp"'],
  [
    { model: { dropout: 0.5 } },
    { model: { dropout: { rate: 0 } } },
    'model.dropout: expected an object, received 0.5',
  ],
  [[], {}, 'expected an object, received []'],
  ['sgd', { epochs: 1 }, 'expected an object, received "sgd"'],
  [{}, [], 'expected an object, received []'],
  [{}, null, 'expected an object, received null'],
])('%j with %j on top is refused where the kinds differ', (base, changes, message) => {
  expect(() => mergeConfig(base, changes, 'small.json')).toThrow(ConfigError);
  expect(() => mergeConfig(base, changes, 'small.json')).toThrow(`small.json: ${message}`);
});

test('a value of another kind on top stays, for the schema to refuse', () => {
  expect(mergeConfig({ optimizer: { name: 'adam' } }, { optimizer: 'sgd' })).toEqual({ optimizer: 'sgd' });
});

test.each<[unknown, unknown, string]>([
  [{}, { epochs: {} }, 'epochs: expected a whole number above 0, received {}'],
  [{ epochs: 1 }, { epochs: {} }, 'epochs: expected a whole number above 0, received {}'],
  [{}, { callbacks: {} }, 'callbacks: expected a list, received {}'],
  [{ callbacks: [] }, { callbacks: {} }, 'callbacks: expected a list, received {}'],
  [{}, { shuffle: {} }, 'shuffle: expected true or false, received {}'],
  [{}, { dataset: {} }, 'dataset: expected one of'],
  [{}, { model: { filters: {} } }, 'model.filters: expected a list, received {}'],
  [{}, { nothing: {} }, 'nothing: expected one of the keys'],
  [
    {},
    { optimizer: new Map([['name', 'sgd']]) },
    'optimizer: expected a plain object, as in JSON, received an instance of Map',
  ],
  [{}, { model: new Date(0) }, 'model: expected a plain object, as in JSON, received an instance of Date'],
  [{}, JSON.parse('{"optimizer":{"name":"sgd","__proto__":{"learningRate":5}}}'), '__proto__'],
  [{}, JSON.parse('{"__proto__":{"batchSize":7}}'), '__proto__'],
])('%j with %j on top is refused by the schema of that place', (base, changes, message) => {
  expect(() => parseRunConfig(mergeConfig(base, changes))).toThrow(message);
});
