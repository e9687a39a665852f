import { describe, expect, test } from 'vitest';
import { fold, normal, randomKey, uint32s } from './index.ts';

const key = randomKey(1958);

/** The definition, by the functions of the engine, before it is rounded. */
const reference = (size: number, start = 0, of = key): number[] => {
  const firstPair = Math.floor(start / 2);
  const words = uint32s(of, 2 * (Math.ceil((start + size) / 2) - firstPair), 2 * firstPair);
  return Array.from({ length: size }, (_, i) => {
    const pair = 2 * (Math.floor((start + i) / 2) - firstPair);
    const radius = Math.sqrt(-2 * Math.log((words[pair]! + 0.5) / 2 ** 32));
    const angle = (Math.PI / 2) * (words[pair + 1]! / 2 ** 30 - 0.5);
    return radius * ((start + i) % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
};

/** At most half a unit in the last place of float32, and what the series leave. */
const isRounded = (found: number, exact: number): boolean =>
  Math.abs(found - exact) <= Math.abs(exact) * 2 ** -24 + 1e-12;

describe('are the documented function of the key’s words', () => {
  test.each([0, 1, 2, 3, 4, 4095, 4 * 2 ** 32 - 21, 2 ** 50 + 3])('from element %d', (start) => {
    for (const size of [0, 1, 2, 5, 8, 33, 4096, 9001]) {
      const found = normal(key, { size, start });
      expect(found).toHaveLength(size);
      const exact = reference(size, start);
      expect(found.findIndex((deviate, i) => !isRounded(deviate, exact[i]!))).toBe(-1);
    }
  });

  test('for keys of every word', () => {
    for (let i = 0; i < 50; i++) {
      const other = fold(key, i);
      const exact = reference(40, 0, other);
      expect(normal(other, { size: 40 }).every((deviate, at) => isRounded(deviate, exact[at]!))).toBe(true);
    }
  });

  test('mean and standard deviation are applied before rounding', () => {
    const exact = reference(1000);
    const found = normal(key, { size: 1000, mean: 1, stddev: 0.25 });
    expect(found.every((deviate, i) => isRounded(deviate, 1 + 0.25 * exact[i]!))).toBe(true);
    expect(normal(key, { size: 9, mean: 0.1, stddev: 0 })).toEqual(new Float32Array(9).fill(0.1));
  });
});

test('the bits are what they were when this was written: a change would change every run', () => {
  const bits = new Uint32Array(normal(randomKey(0), { size: 8 }).buffer);
  expect([...bits].map((word) => word.toString(16))).toMatchInlineSnapshot(`
    [
      "3d40884d",
      "bfad6601",
      "bf47101a",
      "3dc4488f",
      "3c9d7ce0",
      "3e722d8b",
      "3f3a4cf0",
      "bee5a3b4",
    ]
  `);
});

test('rows drawn by workers are rows of the whole', () => {
  const whole = normal(key, { size: 250 * 1235 });
  const first = 125 * 1235;
  expect(normal(key, { size: first })).toEqual(whole.slice(0, first));
  expect(normal(key, { size: first, start: first })).toEqual(whole.slice(first));
  const out = new Float32Array(100);
  expect(normal(key, { size: 100, out })).toBe(out);
  expect(out).toEqual(whole.slice(0, 100));
});

describe('of a million', () => {
  const size = 1_000_000;
  const deviates = normal(key, { size });
  const mean = (f: (z: number) => number): number => deviates.reduce((sum, z) => sum + f(z), 0) / size;

  // Moments of the normal distribution, and five standard deviations of their means.
  test.each([
    ['mean', 1, 0, 1],
    ['variance', 2, 1, 2],
    ['third moment', 3, 0, 15],
    ['fourth moment', 4, 3, 96],
    ['sixth moment', 6, 15, 10_170],
  ] as const)('the %s', (_, power, expected, variance) => {
    expect(Math.abs(mean((z) => z ** power) - expected)).toBeLessThan(5 * Math.sqrt(variance / size));
  });

  test('Kolmogorov’s distance to the normal distribution', () => {
    const sorted = Float64Array.from(deviates).sort();
    const distance = sorted.reduce((largest, z, i) => {
      const below = distribution(z);
      return Math.max(largest, Math.abs(below - i / size), Math.abs((i + 1) / size - below));
    }, 0);
    // Exceeded once in ten thousand draws.
    expect(distance * Math.sqrt(size)).toBeLessThan(2.23);
  });

  test('quantiles, far out too', () => {
    for (const [z, beyond] of [
      [1.959964, 0.05],
      [3.290527, 0.001],
      [4.417173, 1e-5],
    ] as const) {
      const found = mean((deviate) => Number(Math.abs(deviate) > z));
      expect(Math.abs(found - beyond)).toBeLessThan(5 * Math.sqrt(beyond / size));
    }
  });

  test('neighbours, neighbouring steps and names are uncorrelated, in size too', () => {
    const others = [
      normal(key, { size, start: 1 }),
      normal(key, { size, start: 2 }),
      normal(fold(key, 1), { size }),
      normal(fold(key, 'noise'), { size }),
    ];
    for (const other of others) {
      const products = deviates.reduce((sum, z, i) => sum + z * other[i]!, 0) / size;
      const squares = deviates.reduce((sum, z, i) => sum + (z * z - 1) * (other[i]! ** 2 - 1), 0) / size;
      expect(Math.abs(products)).toBeLessThan(5 / Math.sqrt(size));
      expect(Math.abs(squares)).toBeLessThan((5 * 2) / Math.sqrt(size));
    }
  });
});

/** The distribution function, `(1 + erf(z / sqrt(2))) / 2`, by its series, and its continued fraction far out (Abramowitz & Stegun 26.2.10, 26.2.14). */
const distribution = (z: number): number => {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const x = Math.abs(z);
  if (x < 4) {
    let [term, sum] = [x, x];
    for (let k = 1; k < 60; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + Math.sign(z) * density * sum;
  }
  let fraction = x;
  for (let k = 40; k > 0; k--) fraction = x + k / fraction;
  return z > 0 ? 1 - density / fraction : density / fraction;
};

test('numbers out of range are refused', () => {
  const refusal = (options: Partial<Parameters<typeof normal>[1]>) => () =>
    normal(key, { size: 8, ...options });
  expect(refusal({ stddev: -1 })).toThrow('normal: stddev: expected a finite number of at least 0, got -1');
  expect(refusal({ stddev: Number.NaN })).toThrow(RangeError);
  expect(refusal({ mean: Number.POSITIVE_INFINITY })).toThrow('normal: mean: expected a finite number');
  expect(refusal({ size: 1.5 })).toThrow('normal: size: expected an integer');
  expect(refusal({ start: -8 })).toThrow('normal: start: expected an integer');
  expect(refusal({ out: new Float32Array(7) })).toThrow('normal: out: expected 8 elements as in size, got 7');
});
