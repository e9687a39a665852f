import type { LearningRateScheduleConfig } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { learningRateAt } from './index.ts';

const decay = { name: 'exponential_decay', decaySteps: 10, decayRate: 0.5 } as const;
const schedules: Record<keyof typeof reference.schedules, LearningRateScheduleConfig> = {
  exponential_decay: { ...decay, staircase: false },
  staircase: { ...decay, staircase: true },
  cosine_decay: { name: 'cosine_decay', decaySteps: 20, alpha: 0 },
  cosine_decay_alpha: { name: 'cosine_decay', decaySteps: 20, alpha: 0.1 },
  piecewise_constant: { name: 'piecewise_constant', boundaries: [10, 20], values: [0.1, 0.01, 0.001] },
};
const ratesOf = (schedule: LearningRateScheduleConfig, steps: readonly number[]): number[] =>
  steps.map((step) => learningRateAt(schedule, 0.1, step));
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 7));

describe('learningRateAt', () => {
  for (const name of Object.keys(schedules) as (keyof typeof schedules)[]) {
    test(`${name} is Keras's around every boundary`, () => {
      expect(ratesOf(schedules[name], reference.steps)).toEqual(close(reference.schedules[name]));
    });
  }

  test('constant: the optimizer’s', () => {
    expect(ratesOf({ name: 'constant' }, [0, 1, 1e6])).toEqual([0.1, 0.1, 0.1]);
  });

  test('exponential_decay by hand: halved every 10 steps, 1 / sqrt 2 in between', () => {
    expect(ratesOf(schedules.exponential_decay, [0, 5, 10, 30])).toEqual(
      close([0.1, 0.1 / Math.SQRT2, 0.05, 0.0125]),
    );
    expect(ratesOf(schedules.staircase, [9, 10, 19, 20])).toEqual(close([0.1, 0.05, 0.05, 0.025]));
  });

  test('cosine_decay by hand: half-way at half the steps, at the floor from the last on', () => {
    expect(ratesOf(schedules.cosine_decay, [0, 10, 20, 21])).toEqual(close([0.1, 0.05, 0, 0]));
    expect(ratesOf(schedules.cosine_decay_alpha, [0, 10, 20, 99])).toEqual(close([0.1, 0.055, 0.01, 0.01]));
  });

  test('piecewise_constant by hand: a boundary belongs to the value before it', () => {
    expect(ratesOf(schedules.piecewise_constant, [0, 10, 11, 20, 21])).toEqual([0.1, 0.1, 0.01, 0.01, 0.001]);
  });
});
