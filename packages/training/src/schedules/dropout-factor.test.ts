import { type DropoutScheduleInput, dropoutScheduleSchema } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { dropoutFactorAt } from './dropout-factor.ts';

// Of ten steps, the factors before the first, the second, …
test.each<[DropoutScheduleInput, number[]]>([
  [{ name: 'constant' }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  [{ name: 'early' }, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
  [{ name: 'early', fraction: 1 }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  // numpy.linspace(1, 0, 5).
  [{ name: 'early', fraction: 0.5, form: 'linear' }, [1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0, 0]],
  [{ name: 'early', fraction: 0.1, form: 'linear' }, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [{ name: 'late', fraction: 0.3 }, [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]],
  [{ name: 'late', fraction: 0 }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  [{ name: 'linear' }, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
  [{ name: 'linear', startFactor: 1, endFactor: 0.5 }, [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55]],
  [
    { name: 'curriculum', gamma: 10 * Math.LN2 },
    [0, 1 / 2, 3 / 4, 7 / 8, 15 / 16, 31 / 32, 63 / 64, 127 / 128, 255 / 256, 511 / 512],
  ],
])('%j', (input, expected) => {
  const schedule = dropoutScheduleSchema.parse(input);
  const factors = expected.map((_, step) => dropoutFactorAt(schedule, step, expected.length));
  expect(factors).toEqual(expected.map((value) => expect.closeTo(value, 12)));
});
