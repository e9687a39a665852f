import { type PresetConfig, parseRunConfig } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { planRuns } from './plan.ts';
import { shippedStudies } from './shipped.ts';
import { parseStudy } from './study.ts';

const valid = {
  name: 'small',
  title: 'A small study',
  config: { epochs: 3 },
  arms: {
    dropout: { title: 'dropout' },
    sgd: { title: 'SGD', changes: { optimizer: { name: 'sgd', momentum: 0.9 } } },
  },
  comparisons: [{ title: 'Adam and SGD', arms: ['dropout', 'sgd'] }],
  seeds: [4, 2],
};

describe('parseStudy', () => {
  test('completes each arm’s configuration from the base and the defaults', () => {
    const { arms } = parseStudy(valid, 'small.json');
    expect(arms.map(({ name }) => name)).toEqual(['dropout', 'sgd']);
    expect(arms[0]?.config).toEqual(parseRunConfig({ epochs: 3 }));
    expect(arms[1]?.config).toEqual(parseRunConfig({ epochs: 3, optimizer: { name: 'sgd', momentum: 0.9 } }));
  });

  test.each([
    [
      { comparison: [] },
      /^small\.json: comparison: expected one of the keys "name", .*, received \[\]: did you mean "comparisons"\?$/,
    ],
    [
      { config: { epoch: 3 } },
      /^small\.json: config: epoch: expected one of the keys .*, received 3: did you mean "epochs"\?$/,
    ],
    [
      { arms: { a: { title: 'a', change: {} } }, comparisons: [] },
      /^small\.json: arms\.a\.change: expected one of the keys "title", "changes", received \{\}: did you mean "changes"\?$/,
    ],
    [
      { arms: { ...valid.arms, b: { title: 'b', changes: { model: { dropout: { rte: 0 } } } } } },
      /^small\.json: arms\.b\.changes: model\.dropout\.rte: expected one of the keys "rate", .*, received 0: did you mean "rate"\?$/,
    ],
    [
      { arms: { ...valid.arms, b: { title: 'b', changes: { batchSize: 0 } } } },
      'small.json: arms.b.changes: batchSize: expected a whole number above 0, received 0',
    ],
    [
      { arms: { ...valid.arms, b: { title: 'b', changes: { epochs: 3, batchSize: 250 } } } },
      'small.json: arms.b.changes: expected a change of the base configuration, received {"epochs":3,"batchSize":250}, which changes nothing: leave changes out if this arm is the base',
    ],
    [
      { arms: { ...valid.arms, b: { title: 'b' } } },
      'small.json: arms.b: expected another configuration than that of "dropout", received the same',
    ],
    [
      { comparisons: [{ title: 'x', arms: ['dropout', 'adam'] }] },
      'small.json: comparisons[0].arms[1]: expected one of the arms "dropout", "sgd", received "adam"',
    ],
    [
      { comparisons: [{ title: 'x', arms: ['sgd', 'sgd'] }] },
      'small.json: comparisons[0].arms: expected two different arms, received "sgd" twice',
    ],
    [
      { arms: { ...valid.arms, b: { title: 'b', changes: { optimizer: 'sgd' } } } },
      'small.json: arms.b.changes: optimizer: expected an object, received "sgd"',
    ],
    [{ config: { model: 'mlp' } }, 'small.json: config: model: expected an object, received "mlp"'],
    [{ config: [] }, 'small.json: config: expected an object, received []'],
    [{ seeds: [1, 2, 1] }, 'small.json: seeds: expected each seed once, received 1 twice'],
    [{ seeds: [] }, 'small.json: seeds: expected at least one seed, received []'],
    [{ seeds: [-1] }, 'small.json: seeds[0]: expected a whole number of at least 0, received -1'],
    [{ arms: {}, comparisons: [] }, 'small.json: arms: expected at least one arm, received none'],
    [
      { name: 'Not a Name' },
      'small.json: name: expected lower-case letters, digits, dots and dashes, received "Not a Name"',
    ],
    [
      { config: { seed: 3 } },
      "small.json: config.seed: expected no seed here, since every arm gets each of the study's seeds: set seeds instead",
    ],
    [
      { reference: { source: 'a book', arms: { sgd: { val_accuracy: [0.5, 2] } } } },
      'small.json: reference.arms.sgd.val_accuracy[1]: expected a number from 0 to 1, received 2',
    ],
    [
      { reference: [{ source: 'a book', arms: { sgd: { test_accuracy: [-1] } } }] },
      'small.json: reference[0].arms.sgd.test_accuracy[0]: expected a number from 0 to 1, received -1',
    ],
    [
      { reference: { source: 'a book', arms: { sgd: { val_loss: [-0.1] } } } },
      'small.json: reference.arms.sgd.val_loss[0]: expected a number of at least 0, received -0.1',
    ],
    [
      { arms: JSON.parse('{"__proto__": {"title": "x"}, "sgd": {"title": "SGD"}}') },
      'small.json: arms: expected another name than "__proto__": change it',
    ],
    [
      { reference: { source: 'a book', arms: { adam: {} } } },
      'small.json: reference.arms: expected one of the arms "dropout", "sgd", received "adam"',
    ],
    [
      { config: { validationSplit: 0, callbacks: [{ name: 'early_stopping' }] } },
      'small.json: config: callbacks[0].monitor: expected a metric of the training images, since validationSplit is 0',
    ],
    [
      { arms: { one: { title: '1', changes: { classWeight: [1, 2] } } } },
      'small.json: arms.one.changes: classWeight: expected 10 numbers, one for each class, received 2',
    ],
    [
      { arms: { one: { title: '1', changes: { optimizer: 'sgd' } } } },
      'small.json: arms.one.changes: optimizer: expected an object, received "sgd"',
    ],
    [{ config: { optimizer: [] } }, 'small.json: config: optimizer: expected an object, received []'],
  ])('refuses %j in one sentence with the place', (change, message) => {
    expect(() => parseStudy({ ...valid, ...change }, 'small.json')).toThrow(message);
  });
});

test('planRuns gives every arm every seed, seed by seed', () => {
  const runs = planRuns(parseStudy(valid, 'small.json'));
  expect(runs.map(({ arm, seed, config }) => [arm.name, seed, config.seed])).toEqual([
    ['dropout', 4, 4],
    ['sgd', 4, 4],
    ['dropout', 2, 2],
    ['sgd', 2, 2],
  ]);
});

describe('shipped studies', () => {
  const parsed = new Map(shippedStudies.map((study) => [study.name, parseStudy(study, study.name)]));
  const configOf = (study: string, arm: string) =>
    parsed.get(study)?.arms.find(({ name }) => name === arm)?.config;

  test('are all valid, and each has a name of its own', () => {
    expect([...parsed.keys()]).toEqual(shippedStudies.map(({ name }) => name));
  });

  test('tutorial: the base is the tutorial’s run, every other arm one change of it', () => {
    expect(configOf('tutorial', 'dropout')).toEqual(parseRunConfig({}));
    expect(configOf('tutorial', 'no-dropout')).toEqual(parseRunConfig({ model: { dropout: { rate: 0 } } }));
    expect(configOf('tutorial', 'no-max-norm')).toEqual(parseRunConfig({ model: { maxNorm: null } }));
    expect(configOf('tutorial', 'sgd')).toEqual(parseRunConfig({ optimizer: { name: 'sgd' } }));
  });

  test('studies share the runs that are the same', () => {
    expect(configOf('no-regularization', 'no-dropout')).toEqual(configOf('tutorial', 'no-dropout'));
    expect(configOf('max-norm-axis', 'axis-0')).toEqual(configOf('tutorial', 'dropout'));
    expect(configOf('srivastava', 'tutorial')).toEqual(configOf('tutorial', 'dropout'));
  });

  test('dropout-rate: nine rates', () => {
    const rates = parsed
      .get('dropout-rate')
      ?.arms.map(({ config }) => (config.model as PresetConfig<'tutorial'>).dropout.rate);
    expect(rates).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
  });
});
