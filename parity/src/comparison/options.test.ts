import { ConfigError } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { selectExperiments } from './options.ts';
import { derivedScenarios, partingScenario, writtenScenarios } from './scenarios.ts';

test('everything, when nothing is asked for', () => {
  const { experiments, isWhole } = selectExperiments([]);
  expect(isWhole).toBe(true);
  const all = [...writtenScenarios, ...derivedScenarios];
  for (const [backend, expected] of [
    ['cpu', all],
    ['node', [...all, partingScenario]],
    ['wasm', [...all, partingScenario]],
  ] as const) {
    const run = experiments.filter(({ backends }) => backends.includes(backend));
    expect(run.flatMap(({ scenarios }) => scenarios)).toEqual(expected);
  }
});

test('some backends, some steps, the weights looked at after the last', () => {
  expect(selectExperiments(['cpu', '--steps', '7'])).toEqual({
    experiments: [
      {
        scenarios: writtenScenarios,
        size: { batchSize: 5, steps: 7, weightsAfter: [1, 5, 7], singleSteps: 5 },
        backends: ['cpu'],
      },
      {
        scenarios: derivedScenarios,
        size: { batchSize: 4, steps: 5, weightsAfter: [1, 5], singleSteps: 2 },
        backends: ['cpu'],
      },
    ],
    isWhole: false,
  });
});

test.each([
  [['--kernels', 'fma'], { build: 'fma', revectorized: false }],
  [['--revectorize'], { build: 'plain', revectorized: true }],
])('wasm with other kernels: %j', (args, kernels) => {
  const { experiments } = selectExperiments(['wasm', ...args]);
  expect(experiments).toHaveLength(3);
  for (const experiment of experiments) expect(experiment).toMatchObject({ backends: ['wasm'], kernels });
});

test.each([
  [['gpu']],
  [['--steps=0']],
  [['--steps=ten']],
  [['wasm', '--kernels=fast']],
  [['--kernels=fma']],
  [['cpu', '--revectorize']],
])('refuses %j', (args) => {
  expect(() => selectExperiments(args)).toThrow(ConfigError);
});
