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
    expect(study.arms.map(({ config }) => config)).toMatchObject([
      { epochs: 2, model: { dropout: { rate: 0 } } },
      { epochs: 2, model: { dropout: { rate: 0.5 } } },
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
    expect(study.arms.at(-1)?.config.optimizer).toMatchObject({
      name: 'sgd',
      learningRate: 0.001,
      momentum: 0.9,
      nesterov: false,
    });
  });

  test('any setting by its path, names too, and none', () => {
    const axes = [
      { setting: 'optimizer.beta2', values: [0.9, 0.999] },
      { setting: 'max-norm', values: [null, 3] },
      { setting: 'splitMethod', values: ['last', 'stratified'] },
    ];
    const swept = sweep(axes, {});
    expect(swept.name).toBe('sweep-beta2-max-norm-split-method');
    const study = parseStudy(swept, 'sweep');
    expect(study.arms).toHaveLength(8);
    expect(study.arms[0]).toMatchObject({
      name: 'beta2-0.9.max-norm-none.split-method-last',
      title: 'beta2 0.9, max-norm none, split method last',
      config: { model: { maxNorm: null }, optimizer: { beta2: 0.9 } },
    });
    expect(study.arms.at(-1)!.config).toMatchObject({
      model: { maxNorm: { value: 3, axis: 0 } },
      optimizer: { beta2: 0.999 },
      splitMethod: 'stratified',
    });
  });

  test('optimizers, each from its own defaults', () => {
    const study = parseStudy(sweep([{ setting: 'optimizer', values: ['adam', 'sgd'] }], {}), 'sweep');
    expect(study.arms.map(({ config }) => config.optimizer.learningRate)).toEqual([0.001, 0.01]);
  });

  test('a setting that there is not is refused with the nearest', () => {
    expect(() => sweep([{ setting: 'optimizer.beta3', values: [1, 2] }], {})).toThrow(
      'received "optimizer.beta3": did you mean "optimizer.beta1"?',
    );
  });

  test('a value that the setting cannot have is refused', () => {
    const study = sweep([{ setting: 'dropout', values: [0.5, 1] }], {});
    expect(() => parseStudy(study, '--dropout')).toThrow(
      '--dropout: arms.dropout-1.changes: model.dropout.rate: expected a number of at least 0 and below 1, received 1',
    );
  });
});
