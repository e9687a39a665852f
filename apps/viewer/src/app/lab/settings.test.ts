import { parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { defaultView } from '../address.ts';
import { armsIn, commandOf, configOf } from './settings.ts';

test('settings that nobody changed are the tutorial on fewer images', () => {
  const { batchSize, epochs, limitTrain, ...rest } = configOf(defaultView, 'with');
  expect({ batchSize, epochs, limitTrain }).toEqual({ batchSize: 50, epochs: 20, limitTrain: 2000 });
  expect(rest).toEqual((({ batchSize: _, epochs: __, limitTrain: ___, ...all }) => all)(parseRunConfig({})));
});

test('the arm without dropout differs in nothing else', () => {
  const settings = { ...defaultView, norm: 0, optimizer: 'sgd', learning: 0.05, seed: 3 } as const;
  const [dropped, plain] = [configOf(settings, 'with'), configOf(settings, 'without')];
  expect(plain).toEqual({
    ...dropped,
    model: { ...dropped.model, dropout: { ...dropped.model.dropout, rate: 0 } },
  });
  expect(dropped.model.maxNorm).toBeNull();
  expect(dropped.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.05 });
  expect(armsIn({ arms: 'both' })).toEqual(['with', 'without']);
  expect(armsIn({ arms: 'without' })).toEqual(['without']);
});

test('the command for Node says all that was set', () => {
  expect(commandOf({ ...defaultView, norm: 0 }, 'without')).toBe(
    'dropout-lab train --dropout 0 --max-norm none --optimizer adam --learning-rate 0.001 --limit-train 2000 --batch-size 50 --epochs 20 --seed 0',
  );
});

test('an impossible setting is refused', () => {
  expect(() => configOf({ ...defaultView, learning: 0 }, 'with')).toThrow('optimizer.learningRate');
});
