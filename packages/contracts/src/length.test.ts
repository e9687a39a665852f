import { expect, test } from 'vitest';
import {
  epochsOf,
  lengthBoundSetting,
  parseRunConfig,
  type RunConfigInput,
  stepsPerEpochOf,
} from './index.ts';

test.each<[RunConfigInput, number, number]>([
  [{}, 160, 55],
  [{ batchSize: 1000, validationSplit: 0 }, 50, 55],
  [{ limitTrain: 1001, validationSplit: 0, batchSize: 100, epochs: 10 }, 11, 10],
  [{ batchSize: 1024, validationSplit: 0, dropRemainder: true, epochs: 10, maxSteps: 476 }, 48, 10],
  [{ limitTrain: 1000, validationSplit: 0, batchSize: 100, epochs: 10, maxSteps: 95 }, 10, 10],
  [{ limitTrain: 1000, validationSplit: 0, batchSize: 100, epochs: 10, maxSteps: 90 }, 10, 9],
  [{ limitTrain: 1000, validationSplit: 0, batchSize: 100, epochs: 10, maxSteps: 1 }, 10, 1],
  [{ limitTrain: 1000, validationSplit: 0, batchSize: 100, epochs: 10, maxSteps: 1000 }, 10, 10],
])('%j has epochs of %d steps, %d of them', (input, steps, epochs) => {
  const config = parseRunConfig(input);
  expect(stepsPerEpochOf(config)).toBe(steps);
  expect(epochsOf(config)).toBe(epochs);
});

test.each<[RunConfigInput, string | undefined]>([
  [{}, undefined],
  [{ maxSteps: 476 }, 'maxSteps'],
  [{ averaging: { name: 'lookahead' } }, 'averaging'],
  [{ averaging: { name: 'ema' } }, undefined],
  [{ dropoutSchedule: { name: 'late' } }, 'dropoutSchedule'],
  [{ schedule: { name: 'one_cycle' } }, 'schedule'],
  [{ schedule: { name: 'cosine_decay' } }, 'schedule'],
  [{ schedule: { name: 'cosine_decay', decaySteps: 100 } }, undefined],
])('the numbers of %j depend on its length by %s', (input, setting) => {
  expect(lengthBoundSetting(parseRunConfig(input))).toBe(setting);
});
