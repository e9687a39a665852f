import {
  type LearningRateScheduleConfig,
  type LearningRateScheduleInput,
  scheduleSchema,
} from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/schedules.json' with { type: 'json' };
import { learningRateAt } from '../index.ts';
import { closeTo, namesWithout } from '../testing.ts';

/** Learning rates by Keras, around the boundaries of a schedule. */
interface Case {
  readonly settings: LearningRateScheduleConfig;
  readonly learningRate: number;
  readonly steps: readonly number[];
  readonly rates: readonly number[];
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('there are outputs of Keras for every schedule', () => {
  expect(namesWithout(scheduleSchema, fixtures)).toBe('');
});

describe('learningRateAt', () => {
  for (const { settings, learningRate, steps, rates } of cases) {
    test(`is Keras's: ${JSON.stringify(settings)}`, () => {
      expect(steps.map((step) => learningRateAt(settings, learningRate, step))).toEqual(closeTo(rates));
    });
  }

  const ratesOf = (schedule: LearningRateScheduleConfig, steps: readonly number[]): number[] =>
    steps.map((step) => learningRateAt(schedule, 0.1, step));

  test('exponential_decay by hand: halved every 10 steps, 1 / sqrt 2 in between', () => {
    const decay = { name: 'exponential_decay', decaySteps: 10, decayRate: 0.5 } as const;
    expect(ratesOf({ ...decay, staircase: false }, [0, 5, 10, 30])).toEqual(
      closeTo([0.1, 0.1 / Math.SQRT2, 0.05, 0.0125]),
    );
    expect(ratesOf({ ...decay, staircase: true }, [9, 10, 19, 20])).toEqual(
      closeTo([0.1, 0.05, 0.05, 0.025]),
    );
  });

  test('cosine_decay by hand: half-way at half the steps, at the floor from the last on', () => {
    const decay = { name: 'cosine_decay', decaySteps: 20, warmupSteps: 0, warmupTarget: null } as const;
    expect(ratesOf({ ...decay, alpha: 0 }, [0, 10, 20, 21])).toEqual(closeTo([0.1, 0.05, 0, 0]));
    expect(ratesOf({ ...decay, alpha: 0.1 }, [0, 10, 20, 99])).toEqual(closeTo([0.1, 0.055, 0.01, 0.01]));
  });

  test('polynomial_decay by hand: a line to the end, a parabola, and both again over twice the steps', () => {
    const decay = { name: 'polynomial_decay', decaySteps: 10, endLearningRate: 0.02, cycle: false } as const;
    expect(ratesOf({ ...decay, power: 1 }, [0, 5, 10, 11])).toEqual(closeTo([0.1, 0.06, 0.02, 0.02]));
    expect(ratesOf({ ...decay, power: 2 }, [0, 5, 10])).toEqual(closeTo([0.1, 0.04, 0.02]));
    expect(ratesOf({ ...decay, power: 1, cycle: true }, [10, 15, 20])).toEqual(closeTo([0.02, 0.04, 0.02]));
  });

  test.each<[LearningRateScheduleInput, LearningRateScheduleInput]>([
    [{ name: 'cosine_decay' }, { name: 'cosine_decay', decaySteps: 40 }],
    [
      { name: 'cosine_decay', alpha: 0.1, warmupSteps: 10, warmupTarget: 0.5 },
      { name: 'cosine_decay', alpha: 0.1, warmupSteps: 10, warmupTarget: 0.5, decaySteps: 30 },
    ],
    [{ name: 'polynomial_decay' }, { name: 'polynomial_decay', decaySteps: 40 }],
    [{ name: 'one_cycle' }, { name: 'one_cycle', totalSteps: 40 }],
  ])('%j goes over all of a training of 40 steps', (open, closed) => {
    for (let step = 0; step <= 40; step++) {
      expect(learningRateAt(open, 0.1, step, 40)).toBe(learningRateAt(closed, 0.1, step));
    }
    expect(() => learningRateAt(open, 0.1, 0)).toThrow(
      `expected the steps of the whole training, over which ${open.name} goes, found none`,
    );
  });

  test('a warm-up as long as the training ends at its target', () => {
    const schedule = { name: 'cosine_decay', warmupSteps: 4, warmupTarget: 1 } as const;
    expect([0, 2, 4].map((step) => learningRateAt(schedule, 0, step, 4))).toEqual([0, 0.5, 1]);
  });

  test('piecewise_constant by hand: a boundary belongs to the value before it', () => {
    const constants = {
      name: 'piecewise_constant',
      boundaries: [10, 20],
      values: [0.1, 0.01, 0.001],
    } as const;
    expect(ratesOf(constants as never, [0, 10, 11, 20, 21])).toEqual([0.1, 0.1, 0.01, 0.01, 0.001]);
  });
});
