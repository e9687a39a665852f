import { ConfigError } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { selectExperiments } from './options.ts';

test('everything, when nothing is asked for', () => {
  const { experiments, isWhole } = selectExperiments([]);
  expect(isWhole).toBe(true);
  expect(experiments.flatMap(({ backends }) => backends).sort()).toEqual(['cpu', 'node', 'wasm']);
});

test('some backends, some steps, the weights looked at after the last', () => {
  expect(selectExperiments(['cpu', '--steps', '7'])).toEqual({
    experiments: [
      { size: { batchSize: 10, steps: 7, weightsAfter: [1, 5, 7], singleSteps: 5 }, backends: ['cpu'] },
    ],
    isWhole: false,
  });
});

test.each([['gpu'], ['--steps=0'], ['--steps=ten']])('refuses %s', (argument) => {
  expect(() => selectExperiments([argument])).toThrow(ConfigError);
});
