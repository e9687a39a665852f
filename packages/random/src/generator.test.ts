import { describe, expect, test } from 'vitest';
import { createGenerator, randomKey, uint32s, uniform } from './index.ts';

const key = randomKey(11);

test('draws the words of the stream in order', () => {
  const { nextUint32 } = createGenerator(key);
  expect(Array.from({ length: 11 }, nextUint32)).toEqual([...uint32s(key, 11)]);
});

test('draws the same floats as uniform', () => {
  const { nextFloat } = createGenerator(key);
  expect(Array.from({ length: 5 }, nextFloat)).toEqual([...uniform(key, 5)]);
});

describe('nextInt', () => {
  test.each([1, 2, 3, 7, 10, 256])('is uniform below %d (chi-square)', (bound) => {
    const { nextInt } = createGenerator(key);
    const draws = 1000 * bound;
    const counts = new Array<number>(bound).fill(0);
    for (let i = 0; i < draws; i++) counts[nextInt(bound)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    const freedom = bound - 1;
    expect(chiSquare).toBeLessThanOrEqual(freedom + 5 * Math.sqrt(2 * freedom));
  });

  test('is unbiased at a bound where taking the remainder of a word is off by a third', () => {
    const bound = 3 * 2 ** 30;
    const { nextInt } = createGenerator(key);
    const draws = Array.from({ length: 30_000 }, () => nextInt(bound));
    expect(Math.max(...draws)).toBeLessThan(bound);
    const lowerThird = draws.filter((draw) => draw < 2 ** 30).length;
    expect(Math.abs(lowerThird - 10_000)).toBeLessThan(5 * Math.sqrt((30_000 * 2) / 9));
  });

  test('reaches 2^32, and no further', () => {
    const { nextInt } = createGenerator(key);
    expect(nextInt(2 ** 32)).toBe(uint32s(key, 1)[0]);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => nextInt(bound)).toThrow(RangeError);
  });
});
