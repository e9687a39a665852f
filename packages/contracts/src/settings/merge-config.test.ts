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
  [{}, { dataset: {} }, 'dataset.kind: expected "images", received nothing'],
  [{}, { model: { filters: {} } }, 'model.filters: expected a list, received {}'],
  [{}, { nothing: {} }, 'nothing: expected one of the keys'],
  [
    {},
    { optimizer: new Map([['name', 'sgd']]) },
    'optimizer: expected a plain object, as in JSON, received an instance of Map',
  ],
  [{}, { model: new Date(0) }, 'model: expected a plain object, as in JSON, received an instance of Date'],
  [
    {},
    JSON.parse('{"optimizer":{"name":"sgd","__proto__":{"learningRate":5}}}'),
    'optimizer: expected another name than "__proto__": change it',
  ],
  [
    {},
    JSON.parse('{"__proto__":{"batchSize":7}}'),
    'configuration: expected another name than "__proto__": change it',
  ],
])('%j with %j on top is refused by the schema of that place', (base, changes, message) => {
  expect(() => parseRunConfig(mergeConfig(base, changes))).toThrow(message);
});

const wrong: [object, string][] = [
  [{ optimizer: 'sgd' }, 'optimizer: expected an object, received "sgd"'],
  [{ optimizer: [] }, 'optimizer: expected an object, received []'],
  [{ optimizer: null }, 'optimizer: expected an object, received null'],
  [
    { optimizer: { name: 5 } },
    'optimizer.name: expected one of "adam", "sgd", "adamw", "rmsprop", "muon", received 5',
  ],
  [
    { optimizer: { name: ['sgd'] } },
    'optimizer.name: expected one of "adam", "sgd", "adamw", "rmsprop", "muon", received ["sgd"]',
  ],
  [
    { optimizer: { beta1: 'x' } },
    'optimizer.beta1: expected a number of at least 0 and below 1, received "x"',
  ],
  [{ model: 'mlp' }, 'model: expected an object, received "mlp"'],
  [{ model: [] }, 'model: expected an object, received []'],
  [
    { model: { preset: 'mlp' } },
    'model.preset: expected one of "tutorial", "airbench94", "srivastava", "vgg", "layers", received "mlp"',
  ],
  [{ model: { dropout: 0.5 } }, 'model.dropout: expected an object, received 0.5'],
  [
    { model: { dropout: { rate: '0.5' } } },
    'model.dropout.rate: expected a number of at least 0 and below 1, received "0.5"',
  ],
  [{ model: { maxNorm: 2 } }, 'model.maxNorm: expected an object, received 2'],
  [{ schedule: 'cosine_decay' }, 'schedule: expected an object, received "cosine_decay"'],
  [{ augmentation: true }, 'augmentation: expected an object, received true'],
  [{ callbacks: {} }, 'callbacks: expected a list, received {}'],
  [{ callbacks: 'early_stopping' }, 'callbacks: expected a list, received "early_stopping"'],
  [{ callbacks: ['early_stopping'] }, 'callbacks[0]: expected an object, received "early_stopping"'],
  [{ epochs: '5' }, 'epochs: expected a whole number above 0, received "5"'],
  [{ batchSize: 0 }, 'batchSize: expected a whole number above 0, received 0: the nearest is 1'],
];

/** Each puts something over every setting that `wrong` has. */
const changes = {
  optimizer: { name: 'sgd', beta1: 0.5 },
  model: { preset: 'tutorial', dropout: { rate: 0 }, maxNorm: { value: 1 } },
  schedule: { name: 'constant' },
  augmentation: { flip: true },
  callbacks: [],
  epochs: 5,
  batchSize: 5,
};

test.each(wrong)('a value that cannot be is refused, not covered by a change: %j', (base, message) => {
  expect(() => mergeConfig(base, changes, 'x')).toThrow(ConfigError);
  expect(() => mergeConfig(base, changes, 'x')).toThrow(`x: ${message}`);
  expect(() => mergeConfig(base, {}, 'x')).toThrow(`x: ${message}`);
});

test.each([
  { optimizer: { name: 'sgd', momentum: 0.9 } },
  { schedule: { name: 'exponential_decay', decayRate: 0.5 } },
  { callbacks: [{ patience: 3 }] },
  { model: { layers: [{ kind: 'flatten' }] } },
  { model: { maxNorm: null }, limitTrain: null, epochs: undefined },
])('what is left out may come with the change: %j', (base) => {
  expect(mergeConfig(base, { seed: 1 })).toMatchObject({ ...base, seed: 1 });
});
