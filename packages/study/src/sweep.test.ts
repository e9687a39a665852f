import { describe, expect, test } from 'vitest';
import { parseStudy } from './study.ts';
import { sweep } from './sweep.ts';

describe('sweep', () => {
  test('has an arm for each value, over a base configuration', () => {
    const study = parseStudy(sweep([{ setting: 'dropout', values: [0, 0.5] }], { epochs: 2 }), 'sweep');
    expect(study.arms.map(({ name, title }) => [name, title])).toEqual([
      ['dropout-0', 'dropout 0'],
      ['dropout-0.5', 'dropout 0.5'],
    ]);
    expect(study.arms.map(({ config }) => [config.epochs, config.model.dropout.rate])).toEqual([
      [2, 0],
      [2, 0.5],
    ]);
  });

  test('several settings give every combination', () => {
    const axes = [
      { setting: 'dropout', values: [0, 0.5] },
      { setting: 'learning-rate', values: [0.1, 0.01, 0.001] },
    ] as const;
    const study = parseStudy(sweep(axes, { optimizer: { name: 'sgd', momentum: 0.9 } }), 'sweep');
    expect(study.arms.map(({ name }) => name)).toEqual([
      'dropout-0.learning-rate-0.1',
      'dropout-0.learning-rate-0.01',
      'dropout-0.learning-rate-0.001',
      'dropout-0.5.learning-rate-0.1',
      'dropout-0.5.learning-rate-0.01',
      'dropout-0.5.learning-rate-0.001',
    ]);
    expect(study.arms.at(-1)?.config.optimizer).toEqual({
      name: 'sgd',
      learningRate: 0.001,
      momentum: 0.9,
      nesterov: false,
    });
  });

  test('a value that the setting cannot have is refused', () => {
    const study = sweep([{ setting: 'dropout', values: [0.5, 1] }], {});
    expect(() => parseStudy(study, '--dropout')).toThrow(
      '--dropout: arms.dropout-1.changes: model.dropout.rate: expected a number of at least 0 and below 1, received 1',
    );
  });
});
