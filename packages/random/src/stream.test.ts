import { describe, expect, test } from 'vitest';
import { fold, philox4x32, randomKey, uint32s, uniform } from './index.ts';

const key = randomKey(7);
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe('uint32s', () => {
  test('are the blocks of the counter, one after another', () => {
    const blocks = [0, 1, 2].flatMap((block) => philox4x32([block, 0, 0, 0], key.words));
    expect([...uint32s(key, 12)]).toEqual(blocks);
  });

  test('any part can be drawn alone', () => {
    const all = uint32s(key, 50);
    for (const start of [0, 1, 2, 3, 4, 5, 13]) {
      for (const count of [0, 1, 2, 3, 4, 5, 9, 30]) {
        expect(uint32s(key, count, start)).toEqual(all.slice(start, start + count));
      }
    }
  });

  test('goes on beyond 2^32 blocks', () => {
    const last = philox4x32([0xffffffff, 0, 0, 0], key.words);
    const next = philox4x32([0, 1, 0, 0], key.words);
    expect([...uint32s(key, 8, 2 ** 34 - 4)]).toEqual([...last, ...next]);
  });

  test('every bit is set half of the time', () => {
    const words = uint32s(key, 100_000);
    for (let bit = 0; bit < 32; bit++) {
      const ones = words.reduce((sum, word) => sum + ((word >>> bit) & 1), 0);
      // Five standard deviations of a binomial of 100,000.
      expect(Math.abs(ones - 50_000)).toBeLessThan(5 * Math.sqrt(25_000));
    }
  });

  test('refuses impossible counts and positions', () => {
    expect(() => uint32s(key, -1)).toThrow('uint32s: count: expected an integer from 0');
    expect(() => uint32s(key, 1, 0.5)).toThrow('uint32s: start: expected an integer from 0');
  });
});

describe('uniform', () => {
  const count = 100_000;
  const numbers = uniform(key, count);

  test('lies in [0, 1) and does not depend on how many are drawn', () => {
    expect(numbers.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(uniform(key, 999)).toEqual(numbers.slice(0, 999));
  });

  test('has the mean 1/2, the variance 1/12 and 53 bits', () => {
    expect(Math.abs(mean(numbers) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(mean(numbers.map((u) => (u - 0.5) ** 2)) - 1 / 12)).toBeLessThan(
      5 * Math.sqrt(1 / 180 / count),
    );
    expect(numbers.every((u) => Number.isInteger(u * 2 ** 53))).toBe(true);
    expect(numbers.some((u) => !Number.isInteger(u * 2 ** 52))).toBe(true);
  });

  test('streams of neighbouring seeds, names and steps, and a stream shifted by one, are uncorrelated', () => {
    const others = {
      seed: uniform(randomKey(8), count),
      name: uniform(fold(key, 'dropout/1'), count),
      'other name': uniform(fold(key, 'dropout/2'), count),
      step: uniform(fold(key, 'dropout/1', 1), count),
      'next step': uniform(fold(key, 'dropout/1', 2), count),
      shifted: uniform(key, count + 1).slice(1),
    };
    const streams = Object.entries({ parent: numbers, ...others });
    for (const [i, [name, a]] of streams.entries()) {
      for (const [other, b] of streams.slice(i + 1)) {
        const correlation = 12 * mean(a.map((u, k) => (u - 0.5) * (b[k]! - 0.5)));
        expect(Math.abs(correlation), `${name} and ${other}`).toBeLessThan(5 / Math.sqrt(count));
      }
    }
  });
});
