import { type PresetConfig, parseRunConfig, type RunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { armsIn, commandOf, configOf } from './settings.ts';

const mostImages = null;
const tutorialOf = ({ model }: RunConfig): PresetConfig<'tutorial'> => {
  if (model.preset !== 'tutorial') throw new Error(model.preset);
  return model;
};

test('settings that nobody changed are the tutorial on fewer images', () => {
  const { batchSize, epochs, limitTrain, ...rest } = configOf({ values: {}, mostImages }, 'with');
  expect({ batchSize, epochs, limitTrain }).toEqual({ batchSize: 50, epochs: 20, limitTrain: 2000 });
  expect(rest).toEqual((({ batchSize: _, epochs: __, limitTrain: ___, ...all }) => all)(parseRunConfig({})));
});

test('the arm without dropout differs in nothing else', () => {
  const values = { 'max-norm': 'none', optimizer: 'sgd', 'learning-rate': '0.05', seed: '3' };
  const [dropped, plain] = [
    configOf({ values, mostImages }, 'with'),
    configOf({ values, mostImages }, 'without'),
  ];
  const model = tutorialOf(dropped);
  expect(plain).toEqual({ ...dropped, model: { ...model, dropout: { ...model.dropout, rate: 0 } } });
  expect(model.maxNorm).toBeNull();
  expect(dropped.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.05 });
});

test('arms side by side, one of them, and one where both are the same', () => {
  expect(armsIn({ arms: 'both', values: {}, mostImages })).toEqual(['with', 'without']);
  expect(armsIn({ arms: 'without', values: {}, mostImages })).toEqual(['without']);
  expect(armsIn({ arms: 'both', values: { dropout: '0' }, mostImages })).toEqual(['without']);
});

test('no more images than there are', () => {
  const limitOf = (values: Record<string, string>) =>
    configOf({ values, mostImages: 250 }, 'with').limitTrain;
  expect([limitOf({}), limitOf({ 'limit-train': '40' }), limitOf({ 'limit-train': 'none' })]).toEqual([
    250, 40, 250,
  ]);
});

test('the command for Node says all that is not its default', () => {
  expect(commandOf(configOf({ values: { 'max-norm': 'none' }, mostImages }, 'without'))).toBe(
    'dropout-lab train --dropout 0 --max-norm none --batch-size 50 --epochs 20 --limit-train 2000',
  );
  const values = { optimizer: 'sgd', nesterov: 'yes', 'max-norm-axis': '0,1,2', epochs: '55' };
  expect(commandOf(configOf({ values, mostImages }, 'with'))).toBe(
    'dropout-lab train --max-norm-axis 0,1,2 --optimizer sgd --nesterov --batch-size 50 --limit-train 2000',
  );
});

test('an impossible setting is refused', () => {
  expect(() => configOf({ values: { 'learning-rate': '0' }, mostImages }, 'with')).toThrow(
    'optimizer.learningRate',
  );
});
