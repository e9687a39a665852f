import { describe, expect, test } from 'vitest';
import { dropoutMask, fold, keptElements, keptScale, type RandomKey, randomKey, uint32s } from './index.ts';

const key = randomKey(2014);

/** The definition, element by element, from the plain-TypeScript Philox. */
const reference = (key: RandomKey, size: number, rate: number, start: number): Float32Array => {
  const firstWord = Math.floor(start / 2);
  const words = uint32s(key, Math.ceil((start + size) / 2) - firstWord, firstWord);
  return Float32Array.from({ length: size }, (_, i) => {
    const index = start + i;
    const word = words[Math.floor(index / 2) - firstWord]!;
    const draw = index % 2 === 0 ? word & 0xffff : word >>> 16;
    const threshold = Math.min(Math.round(rate * 65536), 65535);
    if (draw < threshold) return 0;
    return rate <= 0.99 ? 1 / (1 - rate) : 65536 / (65536 - threshold);
  });
};

describe('the kernel agrees with the definition to the bit', () => {
  const starts = [0, 1, 7, 8, 9, 31, 33, 8191, 8 * 2 ** 32 - 21, 2 ** 50 + 3];
  const sizes = [0, 1, 2, 7, 8, 9, 31, 32, 33, 257, 8192, 8193, 20_001];
  test.each(starts)('from element %d', (start) => {
    for (const size of sizes) {
      expect(dropoutMask(key, { size, rate: 0.3, start })).toEqual(reference(key, size, 0.3, start));
    }
  });

  test.each([0, 1e-9, 0.1, 0.5, 0.75, 0.99, 0.999999])('at rate %d', (rate) => {
    expect(dropoutMask(key, { size: 9999, rate })).toEqual(reference(key, 9999, rate, 0));
  });

  test('for keys of every word', () => {
    for (let i = 0; i < 50; i++) {
      const other = fold(key, i);
      expect(dropoutMask(other, { size: 65, rate: 0.5 })).toEqual(reference(other, 65, 0.5, 0));
    }
  });
});

describe('bytes and a scale are the mask to the bit', () => {
  const scaled = (kept: Uint8Array, rate: number): Float32Array =>
    Float32Array.from(kept, (byte) => byte * keptScale(rate));

  const starts = [0, 1, 7, 8, 9, 31, 33, 8191, 8 * 2 ** 32 - 21, 2 ** 50 + 3];
  const sizes = [0, 1, 2, 7, 8, 9, 31, 32, 33, 257, 8192, 8193, 20_001];
  test.each(starts)('from element %d', (start) => {
    for (const size of sizes) {
      const part = { size, rate: 0.3, start };
      expect(scaled(keptElements(key, part), 0.3)).toEqual(dropoutMask(key, part));
    }
  });

  test.each([0, 1e-9, 0.1, 0.5, 0.75, 0.99, 0.995, 0.999999])('at rate %d', (rate) => {
    const kept = keptElements(key, { size: 99_999, rate });
    expect(scaled(kept, rate)).toEqual(dropoutMask(key, { size: 99_999, rate }));
  });

  test('in an array of the caller’s own', () => {
    const out = new Uint8Array(100).fill(7);
    expect(keptElements(key, { size: 100, rate: 0.5, out })).toBe(out);
    expect(out).toEqual(keptElements(key, { size: 100, rate: 0.5 }));
  });
});

test('rows drawn by workers are rows of the whole', () => {
  const whole = dropoutMask(key, { size: 250 * 1234, rate: 0.5 });
  const half = 125 * 1234;
  expect(dropoutMask(key, { size: half, rate: 0.5 })).toEqual(whole.slice(0, half));
  expect(dropoutMask(key, { size: half, rate: 0.5, start: half })).toEqual(whole.slice(half));
});

test('results are the caller’s own', () => {
  const first = dropoutMask(key, { size: 100, rate: 0.5 });
  const kept = first.slice();
  dropoutMask(fold(key, 1), { size: 100, rate: 0.5 });
  expect(first).toEqual(kept);
  const out = new Float32Array(100);
  expect(dropoutMask(key, { size: 100, rate: 0.5, out })).toBe(out);
  expect(out).toEqual(first);
});

test.each([0.1, 0.5, 0.9])('drops a fraction of %d and keeps the mean', (rate) => {
  const size = 1_000_000;
  const mask = dropoutMask(key, { size, rate });
  const dropped = mask.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  // Five standard deviations, and the rate's rounding to 1/65,536.
  const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / size) + 1 / 65536;
  expect(Math.abs(dropped / size - rate)).toBeLessThan(tolerance);
});

describe('the scale', () => {
  const size = 2 ** 22;
  const scaleOf = (rate: number): number => dropoutMask(key, { size, rate }).find((value) => value !== 0)!;

  test.each([0, 1e-6, 0.1, 0.2, 0.25, 0.3, 0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 0.99])(
    'at rate %d is the nominal one, as it always was',
    (rate) => {
      expect(scaleOf(rate)).toBe(Math.fround(1 / (1 - rate)));
    },
  );

  // The rounded probability of being kept, in 65,536ths, by hand.
  test.each([
    [0.995, 328],
    [0.999, 66],
    [0.9999, 7],
    [0.99998, 1],
    [1 - 1 / 65536, 1],
    [1 - 1 / 131072, 1],
    [0.999999, 1],
    [1 - 2 ** -53, 1],
  ])('at rate %d is that of what is drawn, %d of 65,536 kept: the mean is 1', (rate, kept) => {
    expect(scaleOf(rate)).toBe(Math.fround(65536 / kept));
    const mask = dropoutMask(key, { size, rate });
    const mean = mask.reduce((sum, value) => sum + value, 0) / size;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt((65536 / kept - 1) / size));
  });
});

test('masks of neighbouring steps and layers, and neighbouring elements, are uncorrelated', () => {
  const size = 1_000_000;
  const maskOf = (...path: (string | number)[]) => dropoutMask(fold(key, ...path), { size, rate: 0.5 });
  const mask = maskOf('dropout/1', 5);
  const others = [
    maskOf('dropout/1', 6),
    maskOf('dropout/2', 5),
    dropoutMask(fold(key, 'dropout/1', 5), { size, rate: 0.5, start: 1 }),
  ];
  for (const other of others) {
    let correlation = 0;
    for (let i = 0; i < size; i++) correlation += (mask[i]! - 1) * (other[i]! - 1);
    expect(Math.abs(correlation / size)).toBeLessThan(5 / Math.sqrt(size));
  }
});

test.each([
  ['dropoutMask', dropoutMask, new Float32Array(7)],
  ['keptElements', keptElements, new Uint8Array(7)],
] as const)('%s refuses numbers out of range', (name, draw, out) => {
  const refusal = (options: { size?: number; rate?: number; start?: number; out?: unknown }) => () =>
    draw(key, { size: 8, rate: 0.5, ...options } as never);
  expect(refusal({ rate: 1 })).toThrow(`${name}: rate: expected a number of at least 0 and below 1, got 1`);
  expect(refusal({ rate: Number.NaN })).toThrow(RangeError);
  expect(refusal({ rate: -0.1 })).toThrow(RangeError);
  expect(refusal({ size: 1.5 })).toThrow(`${name}: size: expected an integer`);
  expect(refusal({ start: -8 })).toThrow(`${name}: start: expected an integer`);
  expect(refusal({ out })).toThrow(`${name}: out: expected 8 elements as in size, got 7`);
  expect(() => keptScale(1)).toThrow('keptScale: rate: expected a number of at least 0 and below 1, got 1');
});
