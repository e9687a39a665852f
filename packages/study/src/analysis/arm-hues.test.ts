import { HUES as huesOfCharts } from '@dropout-lab/charts/palette';
import { expect, test } from 'vitest';
import { armHues, HUES, hasDropout } from './arm-hues.ts';

const at = (rate: number) => ({ preset: 'tutorial', dropout: { rate } });

test.each([
  ['dropout and none', [at(0.5), at(0)], [0, 1]],
  ['none and dropout', [at(0), at(0.5)], [1, 0]],
  ['only without', [at(0), at(0), at(0)], [1, 0, 2]],
  ['only with', [at(0.1), at(0.2), at(0.3)], [0, 1, 2]],
  ['a sweep from 0', [at(0), at(0.1), at(0.2), at(0.3)], [1, 0, 2, 3]],
  ['a sweep to 0', [at(0.3), at(0.2), at(0.1), at(0)], [0, 2, 3, 1]],
  ['no arm', [], []],
])('%s have their colours', (_, models, hues) => {
  expect(armHues(models, HUES)).toEqual(hues);
});

test('where there are fewer hues than arms, those of dropout and none are not used again', () => {
  const models = Array.from({ length: 12 }, (_, i) => at(i / 20));
  expect(armHues(models, HUES)).toEqual([1, 0, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13]);
});

test('dropout is found in lists of layers, too', () => {
  expect(
    hasDropout({
      layers: [
        { kind: 'Conv2D', filters: 8 },
        { kind: 'Dropout', rate: 0.25 },
      ],
    }),
  ).toBe(true);
  expect(hasDropout({ layers: [{ kind: 'Dropout', rate: 0 }] })).toBe(false);
});

test('a study counts as many hues as charts have', () => {
  expect(HUES).toBe(huesOfCharts);
});
