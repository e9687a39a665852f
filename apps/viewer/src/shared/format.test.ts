import { expect, test } from 'vitest';
import { count, counted, decimal, duration, percent, wholeNumbers } from './format.ts';

test('numbers as people read them', () => {
  expect([percent(0.7449), percent(undefined), percent(Number.NaN)]).toEqual(['74.5%', '–', '–']);
  expect([decimal(0.77141), decimal(Number.NaN), decimal(undefined)]).toEqual(['0.7714', 'NaN', '–']);
  expect([duration(9.6), duration(1503), duration(3840)]).toEqual(['10 s', '25 min 3 s', '1 h 4 min']);
  expect([count(40_000), counted(1, 'run'), counted(3, 'run')]).toEqual(['40,000', '1 run', '3 runs']);
});

test('whole numbers, as short as can be', () => {
  expect(wholeNumbers([3, 0, 1, 2, 42, 0])).toBe('0 to 3, 42');
  expect(wholeNumbers([8, 7, 3])).toBe('3, 7, 8');
  expect(wholeNumbers([])).toBe('');
});
